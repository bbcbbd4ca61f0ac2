import { type Measured, type MeasurementContext, readCount, runMeasurement, UsageError } from '../report/measurement.ts';
import { toFigures } from './figures.ts';
import { runWound, victimOf } from './run-wound.ts';
import { type Variant, VARIANTS } from './variant.ts';
import { failRound, type WoundRound } from './wound-round.ts';

const HELP = `npm run wounds -- [all|NAME…] [--rounds N]

Breaks the example ecosystem for real on an installation of its own, waits until the log says how it ended, and looks at
the world itself. Each round has a fresh log and services that it has never seen; every guard is on, no time is divided.

  NAME          ${VARIANTS.map(({ name }) => name).join(', ')}; all unless told
  --rounds N    rounds of each (5)`;

function chooseVariants(names: readonly string[]): readonly Variant[] {
  const unknown = names.filter((name) => name !== 'all' && !VARIANTS.some((variant) => variant.name === name));
  if (unknown.length > 0) throw new UsageError(`there is no wound ${unknown.join(', ')}; npm run wounds -- --help`);
  if (names.length === 0 || names.includes('all')) return VARIANTS;
  return VARIANTS.filter(({ name }) => names.includes(name));
}

function describe({ variant, round, victim, ending, isAsExpected, reasonCode, ended, lostRequests, error }: WoundRound): string {
  const how = [ending, reasonCode === null ? '' : `(${reasonCode})`, isAsExpected ? '' : 'NOT AS EXPECTED']
    .filter(Boolean)
    .join(' ');
  return `${variant} ${round}, ${victim}: ${how} after ${ended ?? '?'} s, ${lostRequests} requests lost ${error ?? ''}`.trimEnd();
}

/** A round that can't be looked at doesn't take the others with it. */
async function tryRound(variant: Variant, round: number): Promise<WoundRound> {
  try {
    return await runWound(variant, round);
  } catch (error) {
    console.error(error);
    const message = error instanceof Error ? error.message : String(error);
    return failRound({ variant, round, victim: victimOf(variant, round) }, message);
  }
}

async function measure({ words, options, say }: MeasurementContext): Promise<Measured> {
  const count = readCount(options, 'rounds', 5);
  const result: Measured = { figures: [], rounds: [] };
  for (const variant of chooseVariants(words)) {
    const rounds: WoundRound[] = [];
    for (let round = 1; round <= count; round++) {
      const outcome = await tryRound(variant, round);
      say(describe(outcome));
      rounds.push(outcome);
    }
    result.figures.push(...toFigures(variant.name, rounds));
    result.rounds.push(...rounds.map((outcome) => ({ ...outcome })));
  }
  if (result.rounds.every(({ error }) => error !== undefined)) throw new Error('no round could be looked at');
  return result;
}

await runMeasurement({ name: 'wounds', help: HELP, options: { rounds: { type: 'string' } }, measure });
