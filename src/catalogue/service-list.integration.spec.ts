import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { validateHeartbeat } from '#libs/contracts/schemas';
import { createPool } from '#libs/event-store';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { recorded } from '../../test/builders/log-builder.ts';
import { ProjectionTransaction } from '../platform/projections/projection-transaction.ts';
import type { CatalogueEvent } from './catalogue.events.ts';
import type { ServiceStateChanged } from './service-state.events.ts';
import { serviceListProjection } from './service-list.projection.ts';

const LARGEST = 2 ** 31 - 1;

const registered: CatalogueEvent = {
  type: 'ServiceRegistered',
  data: {
    id: 'memory',
    probe_url: 'http://127.0.0.1:1/health',
    probe_timeout_ms: 2000,
    replicas: LARGEST,
    single_replica: false,
    critical: false,
    depends_on: [],
    owner_agent: 'memory-agent',
    autonomy: 'auto',
  },
};
const healthy = (pid: number): ServiceStateChanged => ({
  type: 'ServiceStateChanged',
  data: { service_id: 'memory', from: 'unknown', to: 'healthy', agent_id: 'memory-agent', reason_code: 'heartbeat', pid },
});
const accepts = (pid: number): boolean =>
  validateHeartbeat({
    v: 1,
    agent_id: 'memory-agent',
    boot_id: '01900000-0000-7000-8000-000000000001',
    sequence: 1,
    interval_ms: 10_000,
    services: [{ service_id: 'memory', state: 'healthy', since_ms: 0, consecutive_failures: 0, pid }],
  }).valid;

let database: TestDatabase;
let pool: ReturnType<typeof createPool>;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ connectionString: database.appUrl, applicationName: 'test', onConnectionError: () => undefined });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

describe('the table of services', () => {
  it('holds the largest pid that a heartbeat may tell, as a number', async () => {
    expect([accepts(LARGEST), accepts(LARGEST + 1)]).toEqual([true, false]);
    const transaction = new ProjectionTransaction(pool, serviceListProjection);
    transaction.handle([recorded(registered), recorded(healthy(LARGEST), { position: 2 })]);
    expect(await transaction.advance('service_list', 0, 2)).toBe(true);
    const { rows } = await pool.query('SELECT pid, replicas FROM service_list');
    expect(rows).toEqual([{ pid: LARGEST, replicas: LARGEST }]);
  });
});
