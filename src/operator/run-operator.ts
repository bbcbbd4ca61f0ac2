import { ZantaraError } from '#libs/contracts';
import { ConfigurationError } from '../platform/config/configuration.errors.ts';
import { COMMAND_NAMES, findCommand } from './commands.ts';
import type { OperatorSettings } from './environment.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { InvalidOptionsError, UnknownCommandError } from './operator.errors.ts';
import { Progress, type ProgressOutput } from './progress.ts';

/** What a pipe is, as far as it is needed. */
interface DataOutput {
  /** False when the reader is slow. */
  write(text: string): boolean;
  once(event: 'drain', listener: () => void): unknown;
}

export interface OperatorOutputs {
  readonly stdout: DataOutput;
  readonly stderr: ProgressOutput;
}

export interface OperatorRun extends OperatorOutputs {
  /** The name of a log tool, and its options as one JSON object. */
  readonly args: readonly string[];
  /** @throws ConfigurationError */
  readonly readSettings: () => OperatorSettings;
  readonly signal: AbortSignal;
}

/** Runs one log tool; answers how the process is to end. What went wrong is on standard error, with what to do next. */
export async function runOperator({ args, readSettings, signal, stdout, stderr }: OperatorRun): Promise<ExitCode> {
  const progress = new Progress(stderr);
  const note = (text: string): void => {
    progress.clear();
    stderr.write(`${text}\n`);
  };
  try {
    const [name = '', options = '{}'] = args;
    const load = findCommand(name);
    if (load === undefined) throw new UnknownCommandError(name, COMMAND_NAMES);
    const given = parseOptions(options);
    const settings = readSettings();
    const run = await load();
    const out = (value: object): void => void stdout.write(`${JSON.stringify(value)}\n`);
    return await run({ settings, out, line: (text) => writeLine(stdout, text), note, progress, signal }, given);
  } catch (error) {
    note(signal.aborted ? 'stopped' : describe(error));
    return signal.aborted ? EXIT.failed : toExit(error);
  } finally {
    progress.clear();
  }
}

async function writeLine(stdout: DataOutput, text: string): Promise<void> {
  if (stdout.write(`${text}\n`)) return;
  await new Promise<void>((resolve) => stdout.once('drain', resolve));
}

function parseOptions(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidOptionsError(['they are no JSON']);
  }
}

function toExit(error: unknown): ExitCode {
  if (error instanceof UnknownCommandError || error instanceof InvalidOptionsError) return EXIT.usage;
  if (error instanceof ConfigurationError) return EXIT.usage;
  return error instanceof ZantaraError && error.kind === 'unavailable' ? EXIT.unreachable : EXIT.failed;
}

function describe(error: unknown): string {
  if (error instanceof ZantaraError) return `error: ${error.message} [${error.code}]\nnext:  ${error.remediation}`;
  return `error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}
