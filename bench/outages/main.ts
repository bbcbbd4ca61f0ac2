import { atMost, exactly, type Figure, measured } from '../report/figure.ts';
import { type Measured, type MeasurementContext, readCount, runMeasurement, UsageError } from '../report/measurement.ts';
import { runRounds } from '../../test/system/in-parallel.ts';
import { KILLS, type Outage } from './outage.ts';
import { POSTGRES_OUTAGES } from './postgres-outages.ts';
import { chooseStep, type OutageOptions, type OutageRound, runOutage } from './run-outage.ts';

const OUTAGES = [...KILLS, ...POSTGRES_OUTAGES];

const HELP = `npm run outages -- [NAME…] [--seconds N] [--rate N]

Takes parts of the system away while two agents report and a fix is under way, by kill -9 or by a PostgreSQL that runs and is of
no use, brings them back, and counts against the agents' own ledgers. Up to three outages run beside each other, each on an installation of its own.

  NAME          ${OUTAGES.map(({ name }) => name).join(', ')}; all unless told
  --seconds N   how long it stays away (20); no time of ours is divided
  --rate N      reports per second of each agent (20)`;

/** Each is five processes and more, and a machine that is too busy is another fault than those that are looked at. */
const AT_ONCE = 3;
/** The outbox waits 30 s for a receipt before it sends again, and once more twice as long. */
const CATCH_UP_SECONDS = 120;

function chooseOutages(names: readonly string[]): readonly Outage[] {
  const unknown = names.filter((name) => name !== 'all' && !OUTAGES.some((outage) => outage.name === name));
  if (unknown.length > 0) throw new UsageError(`there is no outage ${unknown.join(', ')}; npm run outages -- --help`);
  if (names.length === 0 || names.includes('all')) return OUTAGES;
  return OUTAGES.filter(({ name }) => names.includes(name));
}

const describe = ({ taken, lost, doubled }: OutageRound): string => `${taken} taken in, ${lost} lost, ${doubled} doubled`;

interface Attempt {
  outage: Outage;
  /** An error where it could not be looked at to its end. */
  round: OutageRound | Error;
}

/** One that can't be looked at doesn't take the others with it. */
async function tryOutage(outage: Outage, options: OutageOptions): Promise<Attempt['round']> {
  try {
    return await runOutage(outage, options);
  } catch (error) {
    console.error(error);
    return error instanceof Error ? error : new Error(String(error));
  }
}

const toRecord = ({ outage, round }: Attempt): Record<string, unknown> =>
  round instanceof Error ? { outage: outage.name, error: round.message } : { ...round };

const toFigures = (outage: Outage, round: OutageRound | Error): Figure[] => {
  const named = (name: string, unit: string): { name: string; unit: string } => ({ name: `${outage.name}: ${name}`, unit });
  if (round instanceof Error) return [exactly(named('looked at to its end', '1 = yes'), undefined, 1)];
  return [
    measured(named('taken in by the agents', 'reports'), round.taken),
    exactly(named('lost', 'reports'), round.lost, 0),
    exactly(named('doubled', 'reports'), round.doubled, 0),
    exactly(named('invented', 'reports'), round.invented, 0),
    exactly(named('dead letters', 'messages'), round.deadLetters, 0),
    exactly(named('fixes without an end', 'fixes'), round.openFixes, 0),
    exactly(named('broken laws', 'violations'), round.violations.length, 0),
    exactly(named('heals afterwards', '1 = yes'), Number(round.healsAfterwards), 1),
    exactly(named('met a fix under way', '1 = yes'), Number(round.fixUnderWay), 1),
    atMost(named('caught up', 's'), round.caughtUpSeconds ?? undefined, CATCH_UP_SECONDS),
    measured(named('fix under way ended', 's'), round.fixEndedSeconds ?? undefined),
  ];
};

async function measure({ words, options, seed, say }: MeasurementContext): Promise<Measured> {
  const outages = chooseOutages(words);
  const awaySeconds = readCount(options, 'seconds', 20);
  const reportsPerSecond = readCount(options, 'rate', 20);
  say(`${outages.map(({ name }) => name).join(', ')}: away for ${awaySeconds} s, ${2 * reportsPerSecond} reports a second`);
  const rounds = await runRounds(outages.length, AT_ONCE, async (index) => {
    const outage = outages[index];
    if (outage === undefined) throw new Error('there is no such outage');
    const round = await tryOutage(outage, { awaySeconds, reportsPerSecond, strikeAt: chooseStep(seed + index) });
    say(`${outage.name}: ${round instanceof Error ? round.message : describe(round)}`);
    return { outage, round };
  });
  if (rounds.every(({ round }) => round instanceof Error)) throw new Error('no outage could be looked at');
  return { figures: rounds.flatMap(({ outage, round }) => toFigures(outage, round)), rounds: rounds.map(toRecord) };
}

await runMeasurement({
  name: 'outages',
  help: HELP,
  options: { seconds: { type: 'string' }, rate: { type: 'string' } },
  measure,
});
