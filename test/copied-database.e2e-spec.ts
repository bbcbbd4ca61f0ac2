import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { agentSubject, canonicalJson, type Report } from '#libs/contracts';
import { createPool, verifyLog } from '#libs/event-store';
import {
  checkStoredLog,
  describeViolations,
  type PrivatePostgres,
  startPrivatePostgres,
  waitUntil,
  withClient,
} from '#libs/testing';
import { incidentsProjection } from '../src/incidents/incidents.projection.ts';
import { runMigrations } from '../src/platform/database/run-migrations.ts';
import { PROJECTION_POOL } from '../src/platform/projections/projections.ts';
import { rebuildProjection } from '../src/platform/projections/rebuild-projection.ts';
import { copyTables, listTables } from './builders/copied-tables.ts';
import { RunningOrchestrator } from './builders/running-orchestrator.ts';

const AGENT = { tenant: 'test', agentClass: 'service', agentId: 'memory-agent' } as const;
const REPORTS = 300;

const buildReport = (n: number): Report => ({
  error: {
    id: uuidv7(),
    timestamp: '2026-01-01T00:00:00.000Z',
    source: 'backend-memory',
    type: 'js-error',
    severity: 'medium',
    data: { message: `fault ${n % 7} – “odd”\ttext\\N`, exception_type: 'Error' },
    context: {},
  },
});

const settingsOf = ({ urls }: PrivatePostgres): Record<string, string> => ({
  DATABASE_URL: urls.url,
  MIGRATION_DATABASE_URL: urls.ownerUrl,
});

/** A superuser's, for COPY with files, in the database of the log. */
const superuserUrlOf = ({ urls }: PrivatePostgres): string =>
  Object.assign(new URL(urls.superuserUrl), { pathname: new URL(urls.url).pathname }).href;

/** As the agent does after a loss of receipts: one message, many items. */
async function send(orchestrator: RunningOrchestrator, reports: readonly Report[]): Promise<void> {
  const link = await orchestrator.nats.connectAgent(AGENT.agentId);
  for (let first = 0; first < reports.length; first += 50) {
    const envelope = canonicalJson({ v: 1, agent_id: AGENT.agentId, items: reports.slice(first, first + 50) });
    await link.publish({ subject: agentSubject(AGENT, 'report'), body: new TextEncoder().encode(envelope) });
  }
}

const countReports = (server: PrivatePostgres, reports: readonly Report[]): Promise<number> =>
  withClient(server.urls.ownerUrl, async (client) => {
    const ids = reports.map(({ error }) => error.id);
    const { rows } = await client.query<{ count: string }>(
      "SELECT count(*) FROM events WHERE type = 'ErrorReported' AND payload::jsonb->'error'->>'id' = ANY ($1)",
      [ids],
    );
    return Number(rows[0]?.count);
  });

const readCheckpoints = (server: PrivatePostgres): Promise<Map<string, number>> =>
  withClient(server.urls.ownerUrl, async (client) => {
    const { rows } = await client.query<{ name: string; position: string }>('SELECT name, position FROM checkpoints');
    return new Map(rows.map(({ name, position }) => [name, Number(position)]));
  });

const readHead = async (server: PrivatePostgres): Promise<number> =>
  withClient(server.urls.ownerUrl, async (client) => {
    const { rows } = await client.query<{ head: string }>('SELECT head_position AS head FROM lanes WHERE lane = 0');
    return Number(rows[0]?.head);
  });

/** Everybody has read what is there. */
async function untilRead(server: PrivatePostgres): Promise<void> {
  await waitUntil(async () => {
    const head = await readHead(server);
    return [...(await readCheckpoints(server)).values()].every((position) => position === head);
  });
}

describe('a database that was copied table by table into another server', () => {
  const sent = Array.from({ length: REPORTS }, (_, n) => buildReport(n));
  let original: PrivatePostgres;
  let copy: PrivatePostgres;
  let orchestrator: RunningOrchestrator;
  let head = 0;

  beforeAll(async () => {
    [original, copy] = await Promise.all([startPrivatePostgres(), startPrivatePostgres()]);
    const first = await RunningOrchestrator.start(settingsOf(original));
    await send(first, sent);
    await waitUntil(async () => (await countReports(original, sent)) === REPORTS);
    await untilRead(original);
    // A read model that was rebuilt has tables of other names.
    const pool = createPool({ connectionString: original.urls.url, ...PROJECTION_POOL });
    await rebuildProjection(incidentsProjection, { store: first.log.store, pool });
    await pool.end();
    await first.stop();
    head = await readHead(original);
    await runMigrations(copy.urls.ownerUrl);
    await copyTables(superuserUrlOf(original), superuserUrlOf(copy));
    orchestrator = await RunningOrchestrator.start(settingsOf(copy));
  }, 120_000);
  afterAll(async () => {
    await orchestrator.stop();
    await Promise.all([original.remove(), copy.remove()]);
  }, 60_000);

  it('has every table, and no sequence but that of the migrations themselves, whose numbers nobody reads', async () => {
    const [before, after] = await Promise.all([original, copy].map((server) => withClient(superuserUrlOf(server), listTables)));
    expect(after).toEqual(before);
    expect(after).toEqual(expect.arrayContaining(['public.events', 'public.incidents__2']));
    const sequences = await withClient(superuserUrlOf(copy), async (client) => {
      const { rows } = await client.query<{ name: string }>("SELECT relname AS name FROM pg_class WHERE relkind = 'S'");
      return rows.map(({ name }) => name);
    });
    expect(sequences).toEqual(['migrations_id_seq']);
  });

  it('is the same log, read as far by everybody', async () => {
    await expect(orchestrator.log.store.logId()).resolves.toBe(
      await withClient(original.urls.ownerUrl, async (client) => {
        const { rows } = await client.query<{ id: string }>('SELECT id FROM log_identity');
        return rows[0]?.id;
      }),
    );
    const [before, after] = [await readCheckpoints(original), await readCheckpoints(copy)];
    expect([...before.values()].filter((position) => position !== head)).toEqual([]);
    expect([...before].filter(([name, position]) => (after.get(name) ?? 0) < position)).toEqual([]);
  });

  it('still knows what it was told, and goes on at the next position', async () => {
    await send(orchestrator, sent);
    const fresh = [buildReport(1), buildReport(2)];
    await send(orchestrator, fresh);
    await waitUntil(async () => (await countReports(copy, fresh)) === fresh.length);
    expect(await countReports(copy, sent)).toBe(REPORTS);
    const next = await orchestrator.log.store.readAll({ after: head, limit: 1 });
    expect(next.map(({ position }) => position)).toEqual([head + 1]);
  });

  it('is read on by everybody, from where they were, and breaks no law', async () => {
    await untilRead(copy);
    const options = { readThrough: await readHead(copy) };
    expect(options.readThrough).toBeGreaterThan(head);
    expect(describeViolations(await checkStoredLog(copy.urls.ownerUrl, { options }))).toBe('');
  });

  it('is whole: positions, contents, chain, versions and keys', async () => {
    const pool = createPool({ connectionString: copy.urls.url, maxConnections: 2 });
    try {
      const { findings, events } = await verifyLog({ pool, anchors: [] });
      expect(findings).toEqual([]);
      expect(events).toBeGreaterThan(head);
    } finally {
      await pool.end();
    }
  });
});
