import { Client } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { createPool, type NewEvent, PostgresCheckpoints, PostgresEventStore } from '#libs/event-store';
import { Clock } from '../../src/platform/clock.ts';
import { LogSubscriptions } from '../../src/platform/log/log-subscriptions.ts';
import { Log } from '../../src/platform/log/log.ts';
import { PROJECTION_POOL, Projections } from '../../src/platform/projections/projections.ts';
import { READ_MODELS } from '../../src/read-models.ts';
import { createRandomHistory } from '../../test/builders/random-history.ts';
import { RecordingLogger } from '../../test/builders/recording-logger.ts';
import { atMost, measured } from '../report/figure.ts';
import type { Part } from './stage.ts';

const EVENTS_PER_SECOND = 2_000;
const TICK_MS = 5;
const LOOKS_EVERY_MS = 5;
/** Of the first of these nothing is counted: connections, plans and code warm up. */
const WARM_UP_MS = 2_000;
/** As many turns as the others have rounds: long enough for the database to write its pages out meanwhile. */
const TURNS = 5;

interface Sent {
  position: number;
  sentMs: number;
}

/** How long after it was sent an event shows in a read model, while all of them are kept up as in the orchestrator. */
export const measureFreshness: Part = async ({ createDatabase, opened, seconds, say }) => {
  const { appUrl: connectionString } = await createDatabase('log');
  const store = opened(new PostgresEventStore({ connectionString, applicationName: 'bench-log' }));
  const logger = new RecordingLogger();
  const pool = createPool({ connectionString, ...PROJECTION_POOL, maxConnections: 5 });
  const clock = new Clock();
  const log = new Log(store, new PostgresCheckpoints(store.pool), clock);
  const subscriptions = new LogSubscriptions(log, logger, clock);
  const projections = new Projections(READ_MODELS, { store, pool }, logger);
  projections.follow(subscriptions);
  subscriptions.onApplicationBootstrap();
  const client = new Client({ connectionString });
  await client.connect();
  const events = createEvents((seconds * TURNS + WARM_UP_MS / 1000) * EVENTS_PER_SECOND);
  const watch = watchReadModel(client);
  const sent = await send(store, events);
  say('freshness: sent');
  const begin = (sent[0]?.sentMs ?? 0) + WARM_UP_MS;
  const waits = await watch.waitFor(sent.filter(({ sentMs }) => sentMs >= begin));
  await subscriptions.stop();
  await client.end();
  await projections.close();
  if (logger.problems.length > 0) throw new Error(`the read models had problems: ${logger.problems[0]?.message}`);
  const at = (share: number): number => waits[Math.min(waits.length - 1, Math.floor(share * waits.length))] ?? Number.NaN;
  const rate = (1000 * sent.length) / ((sent.at(-1)?.sentMs ?? 0) - (sent[0]?.sentMs ?? 0));
  return {
    figures: [
      measured({ name: 'freshness: events sent', unit: 'events/s' }, rate),
      measured({ name: 'freshness: append to visible, p50', unit: 'ms' }, at(0.5)),
      atMost({ name: 'freshness: append to visible, p99', unit: 'ms' }, at(0.99), 100),
    ],
    rounds: [{ part: 'freshness', events: sent.length, p50: at(0.5), p99: at(0.99), longest: at(1) }],
  };
};

type StreamEvent = NewEvent & { stream: string };

/** Made before anything is measured. */
function createEvents(count: number): StreamEvent[] {
  const history = createRandomHistory({ seed: 2, things: 1_000, weights: { ErrorReported: 40 } });
  return Array.from({ length: count }, () => ({ ...history.next().value, id: uuidv7() }));
}

/** At an even pace, each event an append of its own. */
async function send(store: PostgresEventStore, events: readonly StreamEvent[]): Promise<Sent[]> {
  const answers: Promise<Sent>[] = [];
  const startedMs = performance.now();
  while (answers.length < events.length) {
    const due = Math.floor(((performance.now() - startedMs) * EVENTS_PER_SECOND) / 1000);
    for (const { stream, ...event } of events.slice(answers.length, due)) answers.push(sendOne(store, stream, event));
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  return Promise.all(answers);
}

async function sendOne(store: PostgresEventStore, stream: string, event: NewEvent): Promise<Sent> {
  const sentMs = performance.now();
  const answer = await store.append({ writes: [{ stream, expected: 'any', events: [event] }] });
  if (answer.status === 'conflict') throw new Error('the append was refused');
  return { position: answer.firstPosition, sentMs };
}

/** Looks all the time at how far the read model of errors shows the log, as one of its readers sees it. */
function watchReadModel(client: Client): { waitFor(sent: readonly Sent[]): Promise<number[]> } {
  const looks: { position: number; atMs: number }[] = [];
  let isOver = false;
  const looking = (async (): Promise<void> => {
    while (!isOver) {
      const { rows } = await client.query<{ position: string | null }>('SELECT max(position) AS position FROM errors');
      looks.push({ position: Number(rows[0]?.position ?? 0), atMs: performance.now() });
      await new Promise((resolve) => setTimeout(resolve, LOOKS_EVERY_MS));
    }
  })();
  const waitFor = async (sent: readonly Sent[]): Promise<number[]> => {
    const shown = sent.toSorted((a, b) => a.position - b.position);
    const last = await lastError(client);
    while ((looks.at(-1)?.position ?? 0) < last) await new Promise((resolve) => setTimeout(resolve, LOOKS_EVERY_MS));
    isOver = true;
    await looking;
    return computeWaits(shown, looks, last);
  };
  return { waitFor };
}

/** Behind the last report nothing of this read model comes. */
async function lastError(client: Client): Promise<number> {
  const { rows } = await client.query<{ position: string }>(
    "SELECT max(position) AS position FROM events WHERE lane = 0 AND type = 'ErrorReported'",
  );
  return Number(rows[0]?.position ?? 0);
}

/** Of what a report follows: an event shows when the first report at or behind it does. */
function computeWaits(sent: readonly Sent[], looks: readonly { position: number; atMs: number }[], last: number): number[] {
  let look = 0;
  return sent
    .filter(({ position }) => position <= last)
    .map(({ position, sentMs }) => {
      while ((looks[look]?.position ?? Number.POSITIVE_INFINITY) < position) look += 1;
      return (looks[look]?.atMs ?? Number.NaN) - sentMs;
    })
    .toSorted((a, b) => a - b);
}
