import { Command } from 'commander';
import { addAuthorityCommands } from './commands/authority.ts';
import { addCompletionCommand } from './commands/completion.ts';
import { addEventsCommand } from './commands/events.ts';
import { addExportCommand } from './commands/export.ts';
import { addIncidentsCommand } from './commands/incidents.ts';
import { addKeysCommand } from './commands/keys.ts';
import { addListCommands } from './commands/lists.ts';
import { option, toSeconds, toUrl } from './commands/options.ts';
import { addProjectionsCommand } from './commands/projections.ts';
import { addReplayCommand, addStepCommand } from './commands/replay.ts';
import { addServicesCommand } from './commands/services.ts';
import { addTailCommand } from './commands/tail.ts';
import { FORMATS } from './output/formats.ts';
import { addVerifyCommand } from './commands/verify.ts';
import type { Terminal } from './terminal.ts';
import { VERSION } from './version.ts';

const DEFAULT_URL = 'http://127.0.0.1:3000';
const DEFAULT_TIMEOUT_SECONDS = 10;

const EPILOGUE = `
Examples:
  $ zantara tail                             follow what is detected, decided, done and checked
  $ zantara incidents list --state escalated what waits for a person
  $ zantara incidents show --latest          the newest incident, told as a story
  $ zantara services                         how every service is
  $ zantara stop --reason "..."              the kill switch; approve, reject, resume, freeze
  $ zantara events -o jsonl | jq .type       the log for programs
  $ zantara replay --incident ID --effects   history, event by event
  $ zantara verify                           whether the log is as it was written

Data goes to stdout, everything else to stderr. Every flag has a variable (ZANTARA_URL, ZANTARA_OUTPUT, ...).
NO_COLOR and FORCE_COLOR are honoured.

Exit codes: 0 ok, 1 failed, 2 usage, 3 not found, 4 denied, 5 unreachable, 6 conflict, 7 check critical`;

/** The tree of commands. What a command does is loaded when it runs, so that the start stays short. */
export function createProgram(terminal: Terminal): Command {
  const program = new Command('zantara')
    .description('Follow, understand and govern a self-healing system.')
    .version(VERSION)
    .addOption(option('--url <url>', 'where the orchestrator answers').default(DEFAULT_URL).argParser(toUrl))
    .addOption(option('--api-key <key>', 'who asks; better in the variable, which no list of processes shows'))
    .addOption(option('--timeout <seconds>', 'longest wait for an answer').default(DEFAULT_TIMEOUT_SECONDS).argParser(toSeconds))
    .addOption(option('-o, --output <format>', 'form of the output').choices(FORMATS).default('table'))
    .addHelpText('after', EPILOGUE)
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(--help says more)')
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.note(text.trimEnd()),
    })
    .exitOverride();
  addTailCommand(program, terminal);
  addIncidentsCommand(program, terminal);
  addServicesCommand(program, terminal);
  addEventsCommand(program, terminal);
  addListCommands(program, terminal);
  addProjectionsCommand(program, terminal);
  addReplayCommand(program, terminal);
  addStepCommand(program, terminal);
  addExportCommand(program, terminal);
  addVerifyCommand(program, terminal);
  addAuthorityCommands(program, terminal);
  addKeysCommand(program, terminal);
  addCompletionCommand(program, terminal);
  return program;
}
