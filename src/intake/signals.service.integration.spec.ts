import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Heartbeat } from '#libs/contracts';
import { createPool } from '#libs/event-store';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { buildMessage } from '../../test/builders/inbound-message-builder.ts';
import { BEGIN_MS } from '../../test/builders/incident-builder.ts';
import { ManualClock } from '../../test/builders/manual-clock.ts';
import type { ServiceStatesService } from '../catalogue/service-states.service.ts';
import { Database } from '../platform/database/database.ts';
import { SignalsService } from './signals.service.ts';

let stored: TestDatabase;
let database: Database;
let heard: [agentId: string, heardMs: number][];
let signals: SignalsService;

beforeEach(async () => {
  stored = await createTestDatabase();
  database = openDatabase(stored.appUrl);
  heard = [];
  signals = buildSignals(database);
});
afterEach(async () => {
  await database.pool.end();
  await stored.drop();
});

const openDatabase = (connectionString: string): Database =>
  new Database(createPool({ connectionString, applicationName: 'signals', onConnectionError: () => undefined }));

function buildSignals(into: Database): SignalsService {
  const onHeartbeat = async (agentId: string, _: Heartbeat, heardAtMs: number): Promise<void> =>
    void heard.push([agentId, heardAtMs - BEGIN_MS]);
  const states = { onHeartbeat } as unknown as ServiceStatesService;
  return new SignalsService(states, into, new ManualClock(BEGIN_MS));
}

const buildMetric = (name: string, value: number) =>
  buildMessage({
    kind: 'metric',
    body: { v: 1, agent_id: 'memory-agent', samples: [{ service_id: 'memory', name, value }] },
  });

const buildHeartbeat = (storedAgoMs: number) =>
  buildMessage({
    kind: 'heartbeat',
    storedAt: new Date(BEGIN_MS - storedAgoMs),
    body: {
      v: 1,
      agent_id: 'memory-agent',
      boot_id: '01900000-0000-7000-8000-000000000001',
      sequence: 1,
      interval_ms: 1000,
      services: [],
    },
  });

const readSamples = (): Promise<{ name: string; value: number }[]> =>
  database.query('SELECT name, value FROM metric_samples ORDER BY name');

describe('signals', () => {
  it('keep every sample of a batch, under the agent of the subject', async () => {
    const settlements = await signals.takeIn([buildMetric('a_bytes', 1), buildMetric('b_bytes', 2.5)]);
    expect(settlements.map(({ action }) => action)).toEqual(['ack', 'ack']);
    expect(await readSamples()).toEqual([
      { name: 'a_bytes', value: 1 },
      { name: 'b_bytes', value: 2.5 },
    ]);
    expect(await database.query('SELECT DISTINCT agent_id, stored_at FROM metric_samples')).toEqual([
      { agent_id: 'memory-agent', stored_at: new Date(BEGIN_MS) },
    ]);
  });

  it('hear heartbeats of now, and not those that waited out an outage', async () => {
    const settlements = await signals.takeIn([buildHeartbeat(3001), buildHeartbeat(2999)]);
    expect(settlements.map(({ action }) => action)).toEqual(['ack', 'ack']);
    expect(heard).toEqual([['memory-agent', -2999]]);
  });

  it('hear no heartbeat from the future where the clock of NATS is ahead', async () => {
    await signals.takeIn([buildHeartbeat(-60_000)]);
    expect(heard).toEqual([['memory-agent', 0]]);
  });

  it('are dead letters where they fit no schema, and the others of the batch are kept', async () => {
    const broken = buildMessage({ kind: 'metric', body: { v: 1, agent_id: 'memory-agent', samples: [{ name: 'A' }] } });
    const settlements = await signals.takeIn([broken, buildMetric('a_bytes', 1)]);
    expect(settlements).toMatchObject([{ action: 'dead-letter', reasonCode: 'invalid-metric' }, { action: 'ack' }]);
    expect(await readSamples()).toHaveLength(1);
  });

  it('wait while the database is away, and store nothing twice', async () => {
    const away = openDatabase(stored.appUrl.replace(/:\d+\//, ':1/'));
    const batch = [buildMetric('a_bytes', 1), buildMetric('b_bytes', 2)];
    await expect(buildSignals(away).takeIn(batch)).rejects.toMatchObject({ code: 'database-unavailable', retryable: true });
    await away.pool.end();
    await signals.takeIn(batch);
    expect(await readSamples()).toHaveLength(2);
  });
});
