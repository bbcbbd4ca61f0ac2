import type { Command } from 'commander';
import { ROLES } from '#libs/contracts';
import type { Terminal } from '../terminal.ts';
import type { CreateKeyOptions, RevokeKeyOptions } from './manage-keys.ts';
import { dryRunOption, type GlobalOptions, option, reasonOption } from './options.ts';

export function addKeysCommand(program: Command, terminal: Terminal): void {
  const keys = program
    .command('keys')
    .description('API keys: who may do what')
    .addHelpText(
      'after',
      '\nExamples:\n  $ zantara keys list\n  $ zantara keys create --owner ana --role sre --reason "on call from December"',
    );
  addList(keys, terminal);
  addCreate(keys, terminal);
  addRevoke(keys, terminal);
}

function addList(keys: Command, terminal: Terminal): void {
  keys
    .command('list')
    .description('every key, the newest first: whose, for what, and whether it counts')
    .addHelpText('after', '\nExamples:\n  $ zantara keys list\n  $ zantara keys list -o csv > keys.csv')
    .action(async (_options: unknown, command: Command) => {
      const { listKeys } = await import('./manage-keys.ts');
      await listKeys(terminal, command.optsWithGlobals<GlobalOptions>());
    });
}

function addCreate(keys: Command, terminal: Terminal): void {
  keys
    .command('create')
    .description('make a key; it is shown once, on stdout')
    .addOption(option('--owner <owner>', 'who acts with it; two keys of one owner are one person').makeOptionMandatory())
    .addOption(option('--role <role>', 'what a person may do').choices(ROLES))
    .addOption(option('--kind <kind>', 'of a person, or for reports alone').choices(['person', 'ingest']).default('person'))
    .addOption(option('--expires-at <time>', 'from then on it counts no longer; never unless told'))
    .addOption(reasonOption())
    .addOption(dryRunOption())
    .addHelpText(
      'after',
      `
Examples:
  $ zantara keys create --owner ana --role sre --reason "on call from December"
  $ zantara keys create --owner audit --role analyst --expires-at 2027-01-31T00:00:00Z --reason "yearly audit"
  $ zantara keys create --owner shop --kind ingest --reason "reports of the shop's pages"`,
    )
    .action(async (_options: unknown, command: Command) => {
      const { createKey } = await import('./manage-keys.ts');
      await createKey(terminal, command.optsWithGlobals<CreateKeyOptions>());
    });
}

function addRevoke(keys: Command, terminal: Terminal): void {
  keys
    .command('revoke')
    .description('take a key back: it and its sessions count no longer')
    .argument('<key>', 'its id, as `keys list` shows it')
    .addOption(reasonOption())
    .addOption(dryRunOption())
    .addHelpText('after', '\nExamples:\n  $ zantara keys revoke 0a1b2c3d4e5f --reason "left on a shared machine"')
    .action(async (keyId: string, _options: unknown, command: Command) => {
      const { revokeKey } = await import('./manage-keys.ts');
      await revokeKey(terminal, keyId, command.optsWithGlobals<RevokeKeyOptions>());
    });
}
