import type { Command } from 'commander';
import type { Terminal } from '../terminal.ts';
import { option, toPosition, typesOption } from './options.ts';
import type { TailOptions } from './follow-log.ts';

export function addTailCommand(program: Command, terminal: Terminal): void {
  program
    .command('tail')
    .description('follow the log as it grows, one sentence per event; Ctrl-C ends it with 0')
    .addOption(option('--since <position>', 'begin after this position; at the end of the log unless told').argParser(toPosition))
    .addOption(typesOption())
    .addOption(option('--all', 'timers and reservations too'))
    .addHelpText(
      'after',
      `
A connection that is lost is made again, for ever, and nothing is skipped or shown twice.
With -o json every event is one line, as with jsonl.

Examples:
  $ zantara tail
  $ zantara tail --since 0
  $ zantara tail --types IncidentOpened,IncidentResolved,IncidentEscalated
  $ zantara tail -o jsonl | jq -r .type`,
    )
    .action(async (_options: unknown, command: Command) => {
      const { followLog } = await import('./follow-log.ts');
      await followLog(terminal, command.optsWithGlobals<TailOptions>());
    });
}
