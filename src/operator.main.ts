import { readOwnSettings } from './operator/environment.ts';
import { runOperator } from './operator/run-operator.ts';

// node dist/src/operator.main.js verify '{}': data goes to standard output, everything else to standard error.
const stopping = new AbortController();
for (const event of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(event, () => stopping.abort(new Error(event)));

// Whoever stops reading ends it quietly.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

// Set, not exited with: what is still in the pipe has to get out.
process.exitCode = await runOperator({
  args: process.argv.slice(2),
  readSettings: readOwnSettings,
  signal: stopping.signal,
  stdout: process.stdout,
  stderr: process.stderr,
});
