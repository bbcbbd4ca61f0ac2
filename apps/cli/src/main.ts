import { runCli } from './run-cli.ts';
import { openTerminal } from './terminal.ts';

// Set, not exited with: what is still in the pipe has to get out.
process.exitCode = await runCli(process.argv.slice(2), openTerminal());
