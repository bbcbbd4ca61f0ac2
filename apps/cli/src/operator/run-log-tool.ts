import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { LogToolFailedError } from '../cli.errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

/** Built beside the command line; from sources, a source as well. */
const OPERATOR = fileURLToPath(new URL(`../../../../src/operator.main${extname(import.meta.url)}`, import.meta.url));
const EXITS: readonly ExitCode[] = Object.values(EXIT);

/**
 * Runs a log tool in a process of its own, which reads DATABASE_URL and the other settings of the orchestrator. What it says on
 * standard error goes through.
 *
 * @param onLine takes its data, a JSON value each; false when that was enough
 * @returns whether it found nothing critical
 * @throws LogToolFailedError when it did not come to its end
 */
export async function runLogTool(
  tool: string,
  options: object,
  onLine: (line: string) => void | Promise<boolean>,
): Promise<boolean> {
  const child = spawn(process.execPath, [...process.execArgv, OPERATOR, tool, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // Ctrl-C reaches both; who asked waits until the tool has ended in order.
  const stop = (signal: NodeJS.Signals): void => void child.kill(signal);
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.on(signal, stop);
  try {
    const closed = once(child, 'close');
    for await (const line of createInterface({ input: child.stdout })) {
      if ((await onLine(line)) !== false) continue;
      child.kill('SIGTERM');
      return true;
    }
    await closed;
  } finally {
    for (const signal of signals) process.off(signal, stop);
  }
  const exit = EXITS.find((known) => known === child.exitCode) ?? EXIT.failed;
  if (exit !== EXIT.ok && exit !== EXIT.critical) throw new LogToolFailedError(tool, exit);
  return exit === EXIT.ok;
}
