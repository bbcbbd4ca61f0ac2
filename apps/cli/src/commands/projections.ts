import type { Command } from 'commander';
import type { Terminal } from '../terminal.ts';
import type { GlobalOptions } from './options.ts';
import { option } from './options.ts';
import type { RebuildOptions } from './rebuild-projections.ts';

const WITH_DATABASE = `
Works on the database itself, not through the orchestrator: DATABASE_URL names it, and npm run zantara fills that in.`;

export function addProjectionsCommand(program: Command, terminal: Terminal): void {
  const projections = program
    .command('projections')
    .description('the read models: how far they are, and how to make them anew')
    .addHelpText(
      'after',
      '\nExamples:\n  $ zantara projections list\n  $ zantara projections rebuild incidents\n  $ zantara projections verify',
    );
  projections
    .command('list')
    .description('every read model: where it stands, how far behind, what is parked')
    .addHelpText('after', '\nExamples:\n  $ zantara projections list\n  $ zantara projections list -o json | jq .items[].lag_ms')
    .action(async (_options: unknown, command: Command) => {
      const { listProjections } = await import('./list-projections.ts');
      await listProjections(terminal, command.optsWithGlobals<GlobalOptions>());
    });
  projections
    .command('parked')
    .description('what read models leave alone, since an event could not be handled')
    .addHelpText('after', '\nExamples:\n  $ zantara projections parked')
    .action(async (_options: unknown, command: Command) => {
      const { listParked } = await import('./list-projections.ts');
      await listParked(terminal, command.optsWithGlobals<GlobalOptions>());
    });
  addRebuild(projections, terminal);
  addVerify(projections, terminal);
}

function addRebuild(projections: Command, terminal: Terminal): void {
  projections
    .command('rebuild')
    .description('make read models anew from the log, beside those that are read, and switch when they are equal')
    .argument('[names...]', 'which; all unless told')
    .addOption(option('--dry-run', 'say what would be done'))
    .addOption(option('--back', 'show the tables of before the last rebuild again'))
    .addOption(option('--force', 'take the new tables also where they differ'))
    .addHelpText(
      'after',
      `${WITH_DATABASE}
Readers see no gap. Ctrl-C stops it; the same command goes on where it was.

Examples:
  $ zantara projections rebuild --dry-run
  $ zantara projections rebuild errors incidents
  $ zantara projections rebuild incidents --back`,
    )
    .action(async (names: string[], _options: unknown, command: Command) => {
      const { rebuildProjections } = await import('./rebuild-projections.ts');
      await rebuildProjections(terminal, names, command.optsWithGlobals<RebuildOptions>());
    });
}

function addVerify(projections: Command, terminal: Terminal): void {
  projections
    .command('verify')
    .description('hold the rows of read models against their digests, and against the log')
    .argument('[names...]', 'which; all unless told')
    .addHelpText(
      'after',
      `${WITH_DATABASE} Ends with 7 when one differs.\n\nExamples:\n  $ zantara projections verify\n  $ zantara projections verify fixes`,
    )
    .action(async (names: string[], _options: unknown, command: Command) => {
      const { verifyProjections } = await import('./rebuild-projections.ts');
      await verifyProjections(terminal, names, command.optsWithGlobals<GlobalOptions>());
    });
}
