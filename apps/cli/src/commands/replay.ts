import type { Command, Option } from 'commander';
import type { Terminal } from '../terminal.ts';
import { option } from './options.ts';
import type { ReplayOptions } from './replay-log.ts';

const ABOUT = `
Reads the database itself, not the orchestrator: DATABASE_URL names it, and npm run zantara fills that in. Nothing is written to
what is replayed, and no fix can be sent: the tool has no way to. It ends with a manifest; the same replay has the same one.`;

const places = (): Option[] => [
  option('--from <place>', 'a position, or a time: the first event that is told'),
  option('--to <place>', 'a position, or a time: the last one; the end of the log unless told'),
  option('--stream <stream>', 'only of this stream'),
  option('--incident <incident>', 'only what belongs to this incident'),
  option('--service <service>', 'only what belongs to this service'),
];

export function addReplayCommand(program: Command, terminal: Terminal): void {
  const replay = program.command('replay').description('read history again: every event, and what it means for the read models');
  for (const each of places()) replay.addOption(each);
  replay
    .addOption(option('--effects', 'each event with the rows that it changed, before and after'))
    .addOption(option('--file <file>', 'into a new file, a line of JSON for each event; the manifest stands beside it'))
    .addOption(option('--schema <name>', 'into a new schema of the database, as read models that can be queried'))
    .addHelpText(
      'after',
      `${ABOUT}

Examples:
  $ zantara replay --incident 3f2a9c01b7de-1 --effects
  $ zantara replay --from 2026-11-29T03:00:00Z --to 2026-11-29T03:10:00Z --service memory
  $ zantara replay --file history.ndjson && sha256sum history.ndjson
  $ zantara replay --to 120000 --schema before_the_change`,
    )
    .action(async (_options: unknown, command: Command) => {
      const { replayLog } = await import('./replay-log.ts');
      await replayLog(terminal, command.optsWithGlobals<ReplayOptions>());
    });
}

export function addStepCommand(program: Command, terminal: Terminal): void {
  const step = program
    .command('step')
    .description('read history again one event at a time, with the rows before and after it; Enter goes on, q ends');
  for (const each of places()) step.addOption(each);
  step
    .addHelpText('after', `${ABOUT}\n\nExamples:\n  $ zantara step --incident 3f2a9c01b7de-1\n  $ zantara step --from 4711`)
    .action(async (_options: unknown, command: Command) => {
      const { stepLog } = await import('./step-log.ts');
      await stepLog(terminal, command.optsWithGlobals<ReplayOptions>());
    });
}
