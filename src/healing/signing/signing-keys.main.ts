import { runSigningKeysCommand } from './signing-keys.command.ts';

// node dist/src/healing/signing/signing-keys.main.js rotate --directory DIR: beside a running orchestrator, which notices.
process.exitCode = runSigningKeysCommand(process.argv.slice(2), {
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${line}\n`),
});
