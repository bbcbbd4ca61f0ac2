import type { PostgresEventStore } from '#libs/event-store';
import { type TestDatabase, withClient } from '#libs/testing';
import { atMost, type Figure, measured } from '../report/figure.ts';
import { type Contestants, medianOf, type Rounds, takeTurns } from './contest.ts';
import { appendToLog, openLog, type OurWork } from './our-log.ts';
import { measurePace, type Pace } from './pace.ts';
import type { Part, Stage } from './stage.ts';

type UuidVersion = Exclude<OurWork['uuidVersion'], undefined>;

/** Every event is a request with a key of its own: the table of keys grows as fast as that of events. */
const CROWD = { clients: 1_000, eventsPerAppend: 1 };
/** To fill a log with; what fits into one commit. */
const FILLERS = { clients: 4_000, eventsPerAppend: 1 };
const FEW = 10_000;
const TURN = { appends: 5_000 };
/** Turns are short here, so as many more make a median that says something. */
const ROUNDS_FOR_ONE = 3;

/** What an event costs when few are stored and when many are: the two logs stand side by side and take turns. */
export const measureGrowth: Part = async (stage) => {
  const rounds = stage.rounds * ROUNDS_FOR_ONE;
  // Up to that number and not beyond: after a million events the next partition begins with empty indexes.
  const many = (stage.isLong ? 10_000_000 : 1_000_000) - (rounds + 1) * TURN.appends;
  const logs: Contestants<Pace> = {
    'UUIDv7, few': await fillLog(stage, FEW, 7),
    'UUIDv7, many': await fillLog(stage, many, 7),
    'random ids, few': await fillLog(stage, FEW, 4),
    'random ids, many': await fillLog(stage, many, 4),
  };
  const results = await takeTurns(logs, { ...stage, rounds });
  return { figures: toFigures(results, stage), rounds: results.map((round) => ({ part: 'growth', ...round })) };
};

async function fillLog(stage: Stage, events: number, uuidVersion: UuidVersion): Promise<() => Promise<Pace>> {
  const { createDatabase, opened, say } = stage;
  const database = await createDatabase('log');
  const log: PostgresEventStore = opened(openLog(database.appUrl));
  const { eventsPerSecond } = await measurePace(appendToLog(log, { ...FILLERS, uuidVersion }), { appends: events });
  say(`a log of ${events} events, ids of version ${uuidVersion}: filled with ${Math.round(eventsPerSecond)} events/s`);
  await settle(database);
  const work = appendToLog(log, { ...CROWD, uuidVersion });
  return () => measurePace(work, TURN);
}

/** What the server would do by itself some time, in the middle of somebody's turn. */
const settle = (database: TestDatabase): Promise<unknown> =>
  withClient(database.ownerUrl, (client) => client.query('VACUUM (ANALYZE) events, append_keys, stream_heads, chain, lanes'));

function toFigures(rounds: Rounds<Pace>, { isLong }: Stage): Figure[] {
  const growth = (ids: string): number | undefined =>
    medianOf(rounds, (round) => {
      const [few, many] = [round[`${ids}, few`]?.eventsPerSecond, round[`${ids}, many`]?.eventsPerSecond];
      return few === undefined || many === undefined ? undefined : few / many;
    });
  const named = (ids: string): { name: string; unit: string } => ({
    name: `cost per event, ${isLong ? '10^7' : '10^6'} ÷ 10^4 stored events, ${ids}`,
    unit: 'ratio',
  });
  return [atMost(named('UUIDv7'), growth('UUIDv7'), 1.2), measured(named('random ids'), growth('random ids'))];
}
