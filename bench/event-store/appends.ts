import { atLeast, atMost, type Figure, measured } from '../report/figure.ts';
import type { Measured } from '../report/measurement.ts';
import { Contender } from './contender.ts';
import { type Contestants, medianOf, type Rounds, takeTurns } from './contest.ts';
import { isPace, type Load, type Pace } from './pace.ts';
import { ensurePeers } from './peers.ts';
import type { Part, Stage } from './stage.ts';

const IDLE = { clients: 1, eventsPerAppend: 1 };
const SINGLE = { clients: 64, eventsPerAppend: 1 };
const CROWD = { clients: 1_000, eventsPerAppend: 1 };
const BATCHES = { clients: 4, eventsPerAppend: 500 };

/** What each one is to do. */
const LOADS: Readonly<Record<string, Readonly<Record<string, Load>>>> = {
  ours: { idle: IDLE, '64 clients': SINGLE, '1,000 in flight': CROWD, '500 events': BATCHES },
  raw: { idle: IDLE, '64 clients': SINGLE, '500 rows': BATCHES },
  Emmett: { '64 clients': SINGLE, '500 events': BATCHES },
  'message-db': { '64 clients': SINGLE },
};

/** Our appends, those of peers, and the least that PostgreSQL can do; each in a process of its own. */
export const measureAppends: Part = async (stage) => {
  const contestants: Record<string, () => Promise<Pace>> = {};
  for (const [name, connectionString] of Object.entries(await prepareDatabases(stage)))
    Object.assign(contestants, await prepareTurns(stage, name, connectionString));
  const rounds = await takeTurns(contestants, stage);
  return { figures: toFigures(rounds), rounds: rounds.map((round) => ({ part: 'appends', ...round })) };
};

/** Where each one appends. */
async function prepareDatabases({ createDatabase, say }: Stage): Promise<Record<string, string>> {
  const ours = { ours: (await createDatabase('log')).appUrl, raw: (await createDatabase('nothing')).ownerUrl };
  if (!ensurePeers(say)) return ours;
  // The functions of message-db need an extension, which only a superuser may create.
  const peers = {
    Emmett: (await createDatabase('nothing')).ownerUrl,
    'message-db': (await createDatabase('nothing')).superuserUrl,
  };
  return { ...ours, ...peers };
}

async function prepareTurns({ opened, seconds }: Stage, name: string, connectionString: string): Promise<Contestants<Pace>> {
  const contender = opened(await Contender.start('appender.main.ts', [name, connectionString]));
  const turn = async (load: Load): Promise<Pace> => {
    const pace = await contender.ask({ load, seconds });
    if (!isPace(pace)) throw new Error(`${name} answered ${JSON.stringify(pace)}`);
    return pace;
  };
  return Object.fromEntries(Object.entries(LOADS[name] ?? {}).map(([what, load]) => [`${name}, ${what}`, () => turn(load)]));
}

function toFigures(rounds: Rounds<Pace>): Figure[] {
  const ratio = (what: keyof Pace, ours: string, other: string): number | undefined =>
    medianOf(rounds, (round) => {
      const [above, below] = [round[ours]?.[what], round[other]?.[what]];
      return above === undefined || below === undefined ? undefined : above / below;
    });
  const rate = (ours: string, other: string): number | undefined => ratio('eventsPerSecond', ours, other);
  const named = (name: string): { name: string; unit: string } => ({ name, unit: 'ratio' });
  return [
    atLeast(named('single appends, 64 clients ÷ raw single-row inserts'), rate('ours, 64 clients', 'raw, 64 clients'), 1.5),
    atLeast(named('single appends, 64 clients ÷ Emmett'), rate('ours, 64 clients', 'Emmett, 64 clients'), 8),
    atLeast(named('single appends, 64 clients ÷ message-db'), rate('ours, 64 clients', 'message-db, 64 clients'), 2),
    atLeast(named('single appends, 1,000 in flight ÷ raw unnest'), rate('ours, 1,000 in flight', 'raw, 500 rows'), 0.27),
    atLeast(named('500-event appends ÷ raw unnest'), rate('ours, 500 events', 'raw, 500 rows'), 0.55),
    measured(named('500-event appends ÷ Emmett'), rate('ours, 500 events', 'Emmett, 500 events')),
    atMost(named('idle single append ÷ plain commit, p50'), ratio('p50Ms', 'ours, idle', 'raw, idle'), 1.8),
    ...toPlainFigures(rounds),
  ];
}

/** What the ratios were made of. */
const toPlainFigures = (rounds: Rounds<Pace>): Measured['figures'] =>
  Object.keys(rounds[0] ?? {}).flatMap((name) => [
    measured(
      { name: `${name}: rate`, unit: 'events/s' },
      medianOf(rounds, (round) => round[name]?.eventsPerSecond),
    ),
    measured(
      { name: `${name}: p50`, unit: 'ms' },
      medianOf(rounds, (round) => round[name]?.p50Ms),
    ),
    measured(
      { name: `${name}: p99`, unit: 'ms' },
      medianOf(rounds, (round) => round[name]?.p99Ms),
    ),
  ]);
