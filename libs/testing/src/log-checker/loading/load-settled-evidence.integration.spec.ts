import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PostgresEventStore } from '#libs/event-store';
import { buildAppend, buildEvents } from '../../event-store/event-builder.ts';
import { createTestDatabase, type TestDatabase, withClient } from '../../postgres/create-test-database.ts';
import { waitUntil } from '../../wait-until.ts';
import type { AgentLedger } from '../evidence.ts';
import { READERS } from '../laws/readers.ts';
import { loadSettledEvidence } from './load-settled-evidence.ts';

const FOREVER_MS = 600_000;
const SET_TIMER = `INSERT INTO fix_timers VALUES ('f', 'probe', 1, now() + $1::interval, gen_random_uuid(), 1)`;
const HAS_LOOKED = `
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%fix_timers WHERE due_at%'`;

describe('settled evidence', () => {
  let database: TestDatabase;
  const run = (sql: string, values: unknown[] = []): Promise<unknown> =>
    withClient(database.ownerUrl, (client) => client.query(sql, values));
  const readAll = async (): Promise<void> => {
    await run(
      `INSERT INTO checkpoints SELECT name, head_position FROM lanes, unnest($1::text[]) AS name
       WHERE lane = 0 AND name NOT LIKE 'read-model:%'
       ON CONFLICT (name) DO UPDATE SET position = excluded.position`,
      [READERS],
    );
    await run('UPDATE projection_generations SET position = head_position FROM lanes WHERE lane = 0');
  };
  /** Reports that were taken in, by the agent; all of them receipted. */
  const ledgerOf = (agentId: string, ...ids: string[]): AgentLedger => ({
    agentId,
    effects: [],
    reports: ids.map((reportId) => ({ reportId, receipted: true })),
  });
  /** Whether it is still being waited for after it looked once. */
  async function isWaited(loading: Promise<unknown>): Promise<boolean> {
    let isLoaded = false;
    void loading.then(() => (isLoaded = true));
    await waitUntil(() =>
      withClient(database.ownerUrl, async (client) => {
        const { rows } = await client.query<{ count: string }>(HAS_LOOKED);
        return isLoaded || rows[0]?.count !== '0';
      }),
    );
    return !isLoaded;
  }

  beforeEach(async () => {
    database = await createTestDatabase();
    const store = new PostgresEventStore({ connectionString: database.appUrl });
    await store.append(buildAppend('report-agent', 'any', buildEvents(2, { type: 'ErrorReported' })));
    await store.close();
  });
  afterEach(() => database.drop());

  it('is handed out at once where all is quiet, whatever agents without a ledger reported', async () => {
    await readAll();
    await run('INSERT INTO checkpoints VALUES ($1, 1)', ['a-reader-of-old']);
    await run(SET_TIMER, ['5 minutes']);
    const { records, options } = await loadSettledEvidence(database.ownerUrl, () => [], { withinMs: FOREVER_MS });
    expect(records).toHaveLength(2);
    expect(options).toEqual({ everyReport: true, quiescent: true, readThrough: 2, secrets: [] });
  });

  it('waits for readers that are behind', async () => {
    const loading = loadSettledEvidence(database.ownerUrl, () => [], { withinMs: FOREVER_MS });
    expect(await isWaited(loading)).toBe(true);
    await readAll();
    const { checkpoints } = await loading;
    expect(READERS.map((name) => [name, checkpoints.get(name)])).toEqual(READERS.map((name) => [name, 2]));
  });

  it('waits for a fix whose timer is about to fire', async () => {
    await readAll();
    await run(SET_TIMER, ['5 seconds']);
    const loading = loadSettledEvidence(database.ownerUrl, () => [], { withinMs: FOREVER_MS });
    expect(await isWaited(loading)).toBe(true);
    await run('DELETE FROM fix_timers');
    expect((await loading).readModels.fix_timers).toEqual([]);
  });

  it('waits for what a ledger holds and the log does not', async () => {
    await readAll();
    let ledgers = [ledgerOf('agent', 'r1')];
    const loading = loadSettledEvidence(database.ownerUrl, () => ledgers, { withinMs: FOREVER_MS });
    expect(await isWaited(loading)).toBe(true);
    ledgers = [ledgerOf('agent', 'r1', 'r2')];
    expect((await loading).ledgers).toEqual(ledgers);
  });

  it('waits for nothing that was sent to be turned away', async () => {
    await readAll();
    const ledger = ledgerOf('agent', 'r1', 'r2', 'r3', 'r4');
    const turnedAway = ledger.reports?.map((report) => {
      if (report.reportId === 'r3') return { ...report, isBroken: true };
      return report.reportId === 'r4' ? { ...report, receipted: false, wasRefused: true } : report;
    });
    const told = { ...ledger, reports: turnedAway ?? [] };
    expect((await loadSettledEvidence(database.ownerUrl, () => [told], { withinMs: FOREVER_MS })).ledgers).toEqual([told]);
  });

  it('is handed out as it is when it does not become quiet', async () => {
    const { checkpoints } = await loadSettledEvidence(database.ownerUrl, () => [], { withinMs: 0 });
    expect(new Set(checkpoints.values())).toEqual(new Set([0]));
  });

  it('is none when a ledger or the log can not be read', async () => {
    const damaged = (): never => {
      throw new Error('line 1: damaged');
    };
    await expect(loadSettledEvidence(database.ownerUrl, damaged)).rejects.toThrow('line 1: damaged');
    await run('DROP VIEW fix_timers');
    await expect(loadSettledEvidence(database.ownerUrl, () => [])).rejects.toThrow('fix_timers');
  });
});
