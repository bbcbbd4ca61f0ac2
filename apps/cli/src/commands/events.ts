import type { Command } from 'commander';
import type { Terminal } from '../terminal.ts';
import type { ListEventsOptions } from './list-events.ts';
import { limitOption, option, toPosition, typesOption } from './options.ts';

export function addEventsCommand(program: Command, terminal: Terminal): void {
  program
    .command('events')
    .description('the log, in its order')
    .addOption(option('--after <position>', 'only what comes after this position').argParser(toPosition))
    .addOption(option('--stream <stream>', 'only of this stream'))
    .addOption(typesOption())
    .addOption(limitOption())
    .addHelpText(
      'after',
      `
Examples:
  $ zantara events --limit 20
  $ zantara events --types DecisionMade,VerdictReached -o jsonl
  $ zantara events --stream service-memory
  $ zantara events --after 1200 -o csv > events.csv`,
    )
    .action(async (_options: unknown, command: Command) => {
      const { listEvents } = await import('./list-events.ts');
      await listEvents(terminal, command.optsWithGlobals<ListEventsOptions>());
    });
}
