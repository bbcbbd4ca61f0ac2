import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createPool } from '#libs/event-store';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { buildHealing } from '../../../test/builders/healing-parts.ts';
import { BEGIN_MS, buildEpisode, buildEvidence } from '../../../test/builders/incident-builder.ts';
import { buildVerifyingFix } from '../../../test/builders/fix-builder.ts';
import { store } from '../../../test/builders/log-builder.ts';
import { Database } from '../../platform/database/database.ts';
import { logStreams } from '../../platform/log/stream-names.ts';
import type { FixSaga } from '../saga/fix-saga.ts';
import type { ExposureReading } from '../saga/fix-saga.inputs.ts';
import { ExposureRecords } from './exposure-records.ts';

let stored: TestDatabase;
let database: Database;
let records: ExposureRecords;

beforeEach(async () => {
  stored = await createTestDatabase();
  database = new Database(
    createPool({ connectionString: stored.appUrl, applicationName: 'exposures', onConnectionError: () => undefined }),
  );
  const { catalogue, clock, log } = await buildHealing();
  for (const [id, agentClass] of [
    ['gateway-agent', 'service'],
    ['shop', 'browser'],
  ])
    await store(log, logStreams.catalogue, { type: 'AgentRegistered', data: { id, class: agentClass } });
  await catalogue.onModuleInit();
  records = new ExposureRecords(database, catalogue, clock);
});
afterEach(async () => {
  await database.pool.end();
  await stored.drop();
});

/** Seconds after the beginning, and what the counters showed. */
async function sample(agentId: string, atSeconds: number, counted: Readonly<Record<string, number>>): Promise<void> {
  const storedAt = new Date(BEGIN_MS + atSeconds * 1000);
  for (const [name, value] of Object.entries(counted)) {
    const row = [agentId, 'memory', name, value, storedAt];
    await database.query(
      'INSERT INTO metric_samples (agent_id, service_id, name, value, stored_at) VALUES ($1, $2, $3, $4, $5)',
      row,
    );
  }
}

const exposures = (total: number, failed = 0): Record<string, number> => ({
  exposures_total: total,
  exposures_failed_total: failed,
  exposures_masked_total: 0,
});

const SETTLING_MS = 1000;
const readSince = (parts: Partial<FixSaga> = {}): Promise<ExposureReading | undefined> =>
  records.readSince({ ...buildVerifyingFix().state, ...parts }, SETTLING_MS);

describe('what was counted since a fix', () => {
  it('begins with the first sample that was stored once things had settled', async () => {
    for (const [at, total] of [
      [-10, 0],
      [0.9, 100],
      [2, 110],
      [4, 117],
    ] as const)
      await sample('gateway-agent', at, exposures(total));
    expect(await readSince()).toMatchObject({ others: { total: 7, failed: 0, masked: 0 }, counted_by: ['gateway-agent'] });
  });

  it('has a message that was delivered twice once', async () => {
    for (const at of [2, 4, 4, 6]) await sample('gateway-agent', at, exposures(at * 10));
    expect(await readSince()).toMatchObject({ others: { total: 40 } });
  });

  it('is nothing of what pages or agents of nobody say', async () => {
    for (const agentId of ['shop', 'nobody']) for (const at of [2, 4]) await sample(agentId, at, exposures(at * 10));
    expect(await readSince()).toBeUndefined();
  });
});

describe('traffic since a fix', () => {
  it('is compared with that of the hour before the fault, which is read once', async () => {
    for (let at = -3500; at <= 0; at += 10) await sample('gateway-agent', at, exposures(3500 + at));
    await sample('gateway-agent', 2, exposures(3501));
    await sample('gateway-agent', 12, exposures(3505));
    const faultSinceMs = BEGIN_MS - 100_000;
    expect(await readSince({ faultSinceMs })).toMatchObject({ traffic: { requests: 4, expected: 10 } });
    const query = jest.spyOn(database, 'query');
    await sample('gateway-agent', 22, exposures(3520));
    query.mockClear();
    expect(await readSince({ faultSinceMs })).toMatchObject({ traffic: { requests: 19, expected: 20 } });
    expect(query).toHaveBeenCalledTimes(1);
  });
});

describe('how often a service fails before a fix', () => {
  it('is the share that failed', async () => {
    for (let at = -3500; at <= 0; at += 10) await sample('gateway-agent', at, exposures(3500 + at, Math.floor((3500 + at) / 4)));
    const episode = buildEpisode({ evidence: buildEvidence({ exited: false }) });
    expect(await records.readFailureRate(episode)).toBeCloseTo(0.25, 1);
  });

  it('is always where it was seen to end, and nothing is read', async () => {
    const query = jest.spyOn(database, 'query');
    expect(await records.readFailureRate(buildEpisode())).toBe(1);
    expect(query).not.toHaveBeenCalled();
  });

  it('is asked of an index', async () => {
    const plan = await database.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN SELECT value FROM metric_samples WHERE service_id = 'memory' AND stored_at >= now() AND name = 'exposures_total'`,
    );
    expect(plan.map((row) => row['QUERY PLAN']).join('\n')).toContain('metric_samples_counted');
  });
});
