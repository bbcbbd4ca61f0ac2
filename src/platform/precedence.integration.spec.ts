import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { createPool } from '#libs/event-store';
import { createEmptyDatabase, type TestDatabase, waitUntil, withClient } from '#libs/testing';
import { buildLog } from '../../test/builders/log-builder.ts';
import { ManualClock } from '../../test/builders/manual-clock.ts';
import { RecordingLogger } from '../../test/builders/recording-logger.ts';
import { LogSubscriptions } from './log/log-subscriptions.ts';
import { Precedence } from './precedence.ts';

const NAME = 'zantara-first-test';
let database: TestDatabase;
beforeAll(async () => {
  database = await createEmptyDatabase();
});
afterAll(() => database.drop());

interface Orchestrator {
  readonly precedence: Precedence;
  readonly subscriptions: LogSubscriptions;
  readonly logger: RecordingLogger;
}

const running: Orchestrator[] = [];
afterEach(async () => {
  for (const { precedence } of running.splice(0)) await precedence.beforeApplicationShutdown();
});

function buildPool(): Pool {
  return createPool({ connectionString: database.appUrl, applicationName: NAME, maxConnections: 1 });
}

async function start(part = 'healing'): Promise<Orchestrator> {
  const logger = new RecordingLogger();
  const subscriptions = new LogSubscriptions(buildLog(new ManualClock()), logger, new ManualClock());
  const precedence = new Precedence(part, buildPool(), logger, subscriptions);
  await precedence.onModuleInit();
  const started = { precedence, subscriptions, logger };
  running.push(started);
  return started;
}

const isFirst = ({ subscriptions }: Orchestrator): boolean => subscriptions.headStartMs === 0;

const breakConnections = (): Promise<unknown> =>
  withClient(database.superuserUrl, (client) =>
    client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 AND datname = $2', [
      NAME,
      database.name,
    ]),
  );

describe('which orchestrator goes first', () => {
  it('is the one that came first, and the others leave it two seconds', async () => {
    const [first, second] = [await start(), await start()];
    expect([first, second].map(({ subscriptions }) => subscriptions.headStartMs)).toEqual([0, 2_000]);
  });

  it('is said for each part of the work by itself', async () => {
    expect([await start('healing'), await start('read-side')].map(isFirst)).toEqual([true, true]);
  });

  it('is another one when the first one has stopped', async () => {
    const [first, second] = [await start(), await start()];
    await first.precedence.beforeApplicationShutdown();
    running.splice(running.indexOf(first), 1);
    expect(isFirst(first)).toBe(false);
    await waitUntil(() => isFirst(second));
  });

  it('is no longer the one that stands still, after some seconds', async () => {
    await withClient(database.appUrl, async (standingStill) => {
      await standingStill.query("SELECT pg_advisory_lock(hashtext('zantara'), hashtext('healing'))");
      const second = await start();
      expect(isFirst(second)).toBe(false);
      await waitUntil(() => isFirst(second));
    });
  });

  it('is no other one while the first one lives', async () => {
    const [first, second] = [await start(), await start()];
    const beganAtMs = performance.now();
    await waitUntil(() => performance.now() > beganAtMs + 6_000 || !isFirst(first));
    expect([first, second].map(isFirst)).toEqual([true, false]);
  });

  it('is nobody while the connection is broken, and one again when it is back', async () => {
    const both = [await start(), await start()];
    await breakConnections();
    await waitUntil(() => !both.some(isFirst));
    await waitUntil(() => both.filter(isFirst).length === 1);
  });
});
