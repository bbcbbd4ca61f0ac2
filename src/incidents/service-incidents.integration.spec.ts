import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPool } from '#libs/event-store';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { Database } from '../platform/database/database.ts';
import { ServiceIncidents } from './service-incidents.service.ts';

let database: TestDatabase;
let pool: ReturnType<typeof createPool>;
let incidents: ServiceIncidents;

async function list(
  id: string,
  state: string,
  parts: { symptom?: string; target?: string; reason?: string } = {},
): Promise<void> {
  const { symptom = 'service-down', target = 'memory', reason = null } = parts;
  const [fingerprint, episode] = id.split('-');
  await pool.query(
    `INSERT INTO incidents__1
      (incident_id, episode, fingerprint, service, error_type, symptom, severity, opened_at, state, count, changed_at, from_pos, reason_code)
    VALUES ($1, $2, $3, $4, 'health', $5, 'high', now(), $6, 1, now(), 1, $7)`,
    [id, episode, fingerprint, target, symptom, state, reason],
  );
}

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ connectionString: database.appUrl, applicationName: 'test', onConnectionError: () => undefined });
  const query = async (text: string, values: unknown[]): Promise<object[]> => (await pool.query<object>(text, values)).rows;
  incidents = new ServiceIncidents(Object.assign(Object.create(Database.prototype), { query }) as Database);
  await list('a-1', 'escalated', { reason: 'attempts-exhausted' });
  await list('a-2', 'escalated', { reason: 'attempts-exhausted' });
  await list('b-1', 'open');
  await list('c-1', 'open', { symptom: 'server-error' });
  await list('d-1', 'open', { target: 'rag' });
  await list('e-1', 'mitigated');
  await list('f-1', 'mitigated', { reason: 'attempts-exhausted' });
  await list('f-2', 'mitigated', { reason: 'attempts-exhausted' });
  await list('g-1', 'resolved');
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

describe('the incidents of a service', () => {
  it('that may be said to be over are of a kind that health checks tell of, and the latest of their fault', async () => {
    expect((await incidents.findMitigable('memory')).sort()).toEqual(['a-2', 'b-1']);
  });

  it('that are in one state are the latest of their fault', async () => {
    expect((await incidents.findLatest('memory', 'mitigated')).sort()).toEqual(['e-1', 'f-2']);
    expect((await incidents.findLatest('memory', 'open')).sort()).toEqual(['b-1', 'c-1']);
  });

  it('that are over are resolved, or had a later episode', async () => {
    expect((await incidents.findEnded(['a-1', 'a-2', 'b-1', 'g-1', 'unknown'])).sort()).toEqual(['a-1', 'g-1']);
  });

  it('tell which services fail', async () => {
    await list('h-1', 'resolved', { target: 'notes' });
    expect((await incidents.findFailing(['memory', 'rag', 'notes', 'unknown'])).sort()).toEqual(['memory', 'rag']);
  });
});
