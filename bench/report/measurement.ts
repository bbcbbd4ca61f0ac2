import { accessSync, constants, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import type { Figure } from './figure.ts';
import { describeMachine, findCommit } from './machine.ts';
import { renderReport } from './render-report.ts';
import { EXIT, exitStatusOf, type Report, ReportSchema } from './report.ts';

export interface MeasurementContext {
  seed: number;
  /** Words after the command and the values of its own options. */
  words: readonly string[];
  options: Readonly<Record<string, string | boolean | undefined>>;
  /** Says how it goes on, beside the report. */
  say: (line: string) => void;
}

export interface Measured {
  figures: Figure[];
  /** One record per round, for whoever wants to see behind a median. */
  rounds: Record<string, unknown>[];
  /** By what all our times were divided; 1 unless told. */
  timeFactor?: number;
}

export interface Measurement {
  name: string;
  help: string;
  options?: Exclude<ParseArgsConfig['options'], undefined>;
  measure(context: MeasurementContext): Promise<Measured>;
}

/** The user asked for something that there isn't. */
export class UsageError extends Error {}

/** A whole number above zero from the command line. @throws UsageError */
export function readCount(options: MeasurementContext['options'], name: string, otherwise: number): number {
  const text = options[name];
  if (text === undefined) return otherwise;
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new UsageError(`--${name} ${String(text)} is not a whole number above zero`);
  return count;
}

const COMMON = {
  json: { type: 'string' },
  seed: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

const COMMON_HELP = `  --json FILE   write the report there as JSON
  --seed N      what is random follows from it (random itself unless told; the report names it)
  --help        this text

Exit status: 0 all figures hold, 3 some do not (or could not be measured), 1 could not run.`;

/** Runs a measurement as a command: parses, measures, prints, writes, and ends the process with its exit status. */
export async function runMeasurement(measurement: Measurement, args = process.argv.slice(2)): Promise<never> {
  try {
    process.exit(await run(measurement, args));
  } catch (error) {
    console.error(error instanceof UsageError ? error.message : error);
    process.exit(EXIT.couldNotRun);
  }
}

async function run(measurement: Measurement, args: string[]): Promise<number> {
  const { values, positionals } = parse(measurement, args);
  if (values['help'] === true) {
    console.log(`${measurement.help}\n${COMMON_HELP}`);
    return EXIT.allHold;
  }
  const seed = readCount(values, 'seed', 1 + Math.floor(Math.random() * 2 ** 31));
  const file = findReportFile(values);
  const report = await measure(measurement, { seed, words: positionals, options: values });
  console.log(renderReport(report));
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  return exitStatusOf(report);
}

/** Looked at before minutes are spent on what can't be written down. */
function findReportFile({ json }: MeasurementContext['options']): string | undefined {
  if (typeof json !== 'string') return undefined;
  try {
    accessSync(dirname(resolve(json)), constants.W_OK);
    return json;
  } catch {
    throw new UsageError(`--json ${json}: its folder can not be written to`);
  }
}

function parse(
  { name, options }: Measurement,
  args: string[],
): Pick<ReturnType<typeof parseArgs>, 'positionals'> & {
  values: MeasurementContext['options'];
} {
  try {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { ...options, ...COMMON } });
    const single = Object.entries(values).filter((entry): entry is [string, string | boolean] => !Array.isArray(entry[1]));
    return { values: Object.fromEntries(single), positionals };
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\nnpm run ${name} -- --help`);
  }
}

async function measure(measurement: Measurement, asked: Pick<MeasurementContext, 'seed' | 'words' | 'options'>): Promise<Report> {
  endOnSignal();
  const startedAt = new Date();
  const before = findCommit();
  const say = (line: string): void => console.error(`[${measurement.name}] ${line}`);
  const { figures, rounds, timeFactor = 1 } = await measurement.measure({ ...asked, say });
  return ReportSchema.parse({
    command: measurement.name,
    // What was built and loaded is what was there at the beginning.
    commit: findCommit() === before ? before : `${before}-changed-meanwhile`,
    machine: describeMachine(),
    seed: asked.seed,
    timeFactor,
    startedAt: startedAt.toISOString(),
    durationSeconds: (Date.now() - startedAt.getTime()) / 1000,
    figures,
    rounds,
  });
}

/** Whoever started us ends what we started: it all lives in the folder that we were given. */
function endOnSignal(): void {
  for (const event of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(event, () => {
      console.error('stopped, nothing was measured');
      process.exit(EXIT.couldNotRun);
    });
  }
}
