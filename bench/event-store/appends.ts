import type { PostgresEventStore } from '#libs/event-store';
import { createEmptyDatabase, createTestDatabase } from '#libs/testing';
import { atLeast, atMost, type Figure, measured } from '../report/figure.ts';
import type { Measured } from '../report/measurement.ts';
import { type Contestants, medianOf, type Rounds, takeTurns } from './contest.ts';
import { appendToLog, openLog } from './our-log.ts';
import { measurePace, type Pace, type Work } from './pace.ts';
import { appendToPeer, ensurePeers } from './peers.ts';
import type { Part, Stage } from './stage.ts';
import { RawTable } from './raw-table.ts';

const IDLE = { clients: 1, eventsPerAppend: 1 };
const SINGLE = { clients: 64, eventsPerAppend: 1 };
const CROWD = { clients: 1_000, eventsPerAppend: 1 };
const BATCHES = { clients: 4, eventsPerAppend: 500 };
/** With as many it is fastest: measured with 10, 20 and 64. */
const EMMETT_CONNECTIONS = 20;

/** Our appends, those of peers, and the least that PostgreSQL can do. */
export const measureAppends: Part = async (stage) => {
  const { server, seconds, opened } = stage;
  const log = opened(openLog((await createTestDatabase(server)).appUrl));
  const raw = opened(await RawTable.create((await createEmptyDatabase(server)).ownerUrl, SINGLE.clients));
  const works: Record<string, Work> = { ...listOurs(log), ...listRaw(raw), ...(await listPeers(stage)) };
  const contestants: Contestants<Pace> = Object.fromEntries(
    Object.entries(works).map(([name, work]) => [name, () => measurePace(work, { seconds })]),
  );
  const rounds = await takeTurns(contestants, stage);
  return { figures: toFigures(rounds), rounds: rounds.map((round) => ({ part: 'appends', ...round })) };
};

const listOurs = (log: PostgresEventStore): Record<string, Work> => ({
  'ours, idle': appendToLog(log, IDLE),
  'ours, 64 clients': appendToLog(log, SINGLE),
  'ours, 1,000 in flight': appendToLog(log, CROWD),
  'ours, 500 events': appendToLog(log, BATCHES),
});

const listRaw = (raw: RawTable): Record<string, Work> => ({
  'raw, idle': raw.work(IDLE),
  'raw, 64 clients': raw.work(SINGLE),
  'raw, 500 rows': raw.work(BATCHES),
});

async function listPeers({ server, opened, say }: Stage): Promise<Record<string, Work>> {
  if (!ensurePeers(say)) return {};
  const { openEmmett } = await import('../peers/emmett.mjs');
  const { openMessageDb } = await import('../peers/message-db.mjs');
  const emmett = opened(await openEmmett((await createEmptyDatabase(server)).ownerUrl, EMMETT_CONNECTIONS));
  const messageDb = opened(await openMessageDb((await createEmptyDatabase(server)).superuserUrl, SINGLE.clients));
  return {
    'Emmett, 64 clients': appendToPeer(emmett, SINGLE),
    'Emmett, 500 events': appendToPeer(emmett, BATCHES),
    'message-db, 64 clients': appendToPeer(messageDb, SINGLE),
  };
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
