import type { Command } from 'commander';
import type { Terminal } from '../terminal.ts';
import { option } from './options.ts';
import type { VerifyOptions } from './verify-log.ts';

export function addVerifyCommand(program: Command, terminal: Terminal): void {
  program
    .command('verify')
    .description('hold the whole log against its hashes and anchors, and name what was changed')
    .addOption(option('--anchor-file <file>', 'where the orchestrator anchors the log; ANCHOR_FILE unless told'))
    .addHelpText(
      'after',
      `
Reads the database itself, not the orchestrator: DATABASE_URL names it, ANCHOR_FILE and NATS_URL name where it is anchored.
npm run zantara fills them in. Nothing is written. Ends with 7 when something was found.

Examples:
  $ zantara verify
  $ zantara verify --anchor-file /mnt/elsewhere/anchors.ndjson
  $ zantara verify -o json | jq .anchored
  $ zantara verify -o jsonl | jq -r .code`,
    )
    .action(async (_options: unknown, command: Command) => {
      const { verifyLog } = await import('./verify-log.ts');
      await verifyLog(terminal, command.optsWithGlobals<VerifyOptions>());
    });
}
