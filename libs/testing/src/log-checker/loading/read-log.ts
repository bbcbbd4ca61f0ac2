import type { Client } from 'pg';
import { withClient } from '../../postgres/create-test-database.ts';
import type { ChainRow, LogFrame, LogPage, LogRecord, SecretPlace, TableRow } from '../evidence.ts';

const PAGE_EVENTS = 5_000;

interface RecordRow {
  position: string;
  stream: string;
  version: number;
  event_id: string;
  type: string;
  schema_version: number;
  payload: string;
  metadata: string;
  recorded_at: Date;
}

/** Hands out a log in one snapshot: what is appended meanwhile isn't in it, and its parts fit each other. */
export function readLog<T>(
  { databaseUrl, secrets = [] }: { databaseUrl: string; secrets?: readonly string[] | undefined },
  use: (frame: LogFrame, pages: AsyncIterable<LogPage>) => Promise<T>,
): Promise<T> {
  return withClient(databaseUrl, async (client) => {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    return use(await readFrame(client, secrets), readPages(client));
  });
}

/** Every reader with its checkpoint, wherever it is kept. */
export const READERS_POSITIONS = `
SELECT name, position AS number FROM checkpoints
UNION ALL
SELECT 'read-model:' || projection, position FROM projection_generations WHERE state = 'live'`;

async function readFrame(client: Client, secrets: readonly string[]): Promise<LogFrame> {
  const table = async (text: string): Promise<TableRow[]> => (await client.query<Record<string, unknown>>(text)).rows;
  const numbers = async (text: string): Promise<Map<string, number>> => {
    const { rows } = await client.query<{ name: string; number: string }>(text);
    return new Map(rows.map(({ name, number }) => [name, Number(number)]));
  };
  const { rows: lanes } = await client.query<{ position: string; chain_hash: string; now: Date }>(
    "SELECT head_position AS position, encode(chain_hash, 'hex') AS chain_hash, now() FROM lanes WHERE lane = 0",
  );
  return {
    readAtMs: lanes[0]?.now.getTime() ?? 0,
    head: { position: Number(lanes[0]?.position), chainHash: lanes[0]?.chain_hash ?? '' },
    streamHeads: await numbers('SELECT stream AS name, version AS number FROM stream_heads WHERE lane = 0'),
    checkpoints: await numbers(READERS_POSITIONS),
    readModels: {
      incidents: await table('SELECT * FROM incidents'),
      services: await table('SELECT * FROM services'),
      fix_timers: await table('SELECT * FROM fix_timers'),
      fixes: await table('SELECT * FROM fixes'),
      decisions: await table(
        'SELECT position, decision_id, incident_id, service, fingerprint, rule, choice, verdict, reason_code, read_position FROM decisions',
      ),
      fix_success: await table(
        `SELECT strategy, fingerprint, service, day::text, n, verified, recurred, inconclusive, regressed, superseded,
           round(success_low::numeric, 9)::text AS success_low, round(success_high::numeric, 9)::text AS success_high FROM fix_success`,
      ),
    },
    secretPlaces: await findSecrets(client, secrets),
  };
}

/** All but the log, of which the checker reads every event by itself. */
const TABLES = `
SELECT tables.oid::regclass::text AS name FROM pg_class AS tables JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE nspname = current_schema() AND relkind IN ('r', 'p') AND NOT relispartition AND relname NOT IN ('events', 'chain')
ORDER BY relname`;

async function findSecrets(client: Client, secrets: readonly string[]): Promise<SecretPlace[]> {
  if (secrets.length === 0) return [];
  const { rows: tables } = await client.query<{ name: string }>(TABLES);
  const places: SecretPlace[] = [];
  for (const { name: table } of tables) {
    const { rows } = await client.query<{ number: number }>(
      `SELECT secret.number::int FROM unnest($1::text[]) WITH ORDINALITY AS secret (text, number)
       WHERE EXISTS (SELECT FROM ${table} AS searched WHERE position(secret.text IN to_jsonb(searched)::text) > 0)`,
      [secrets],
    );
    places.push(...rows.map(({ number }) => ({ table, number })));
  }
  return places;
}

async function* readPages(client: Client): AsyncGenerator<LogPage> {
  for (let after = 0; ;) {
    const records = await readRecords(client, after);
    const isLast = records.length < PAGE_EVENTS;
    const through = records.at(-1)?.position ?? after;
    // With the last page come all chain rows that are left, also those that stand for nothing.
    yield { records, chain: await readChain(client, after, isLast ? Number.MAX_SAFE_INTEGER : through) };
    if (isLast) return;
    after = through;
  }
}

async function readRecords(client: Client, after: number): Promise<LogRecord[]> {
  const { rows } = await client.query<RecordRow>(
    `SELECT position, stream, version, event_id, type, schema_version, payload, metadata, recorded_at
     FROM events WHERE lane = 0 AND position > $1 ORDER BY position LIMIT ${PAGE_EVENTS}`,
    [after],
  );
  return rows.map((row) => ({
    position: Number(row.position),
    stream: row.stream,
    version: row.version,
    id: row.event_id,
    type: row.type,
    schemaVersion: row.schema_version,
    payload: row.payload,
    metadata: row.metadata,
    recordedAtMs: row.recorded_at.getTime(),
  }));
}

async function readChain(client: Client, after: number, through: number): Promise<ChainRow[]> {
  const { rows } = await client.query<Record<'first' | 'last' | 'time' | 'previous' | 'hash' | 'leaves', string>>(
    `SELECT first_position AS first, last_position AS last, (extract(epoch FROM recorded_at) * 1000000)::bigint AS time,
       encode(previous_hash, 'hex') AS previous, encode(hash, 'hex') AS hash, encode(leaves, 'hex') AS leaves
     FROM chain WHERE lane = 0 AND last_position > $1 AND last_position <= $2 ORDER BY last_position`,
    [after, through],
  );
  return rows.map(({ first, last, time, previous, hash, leaves }) => ({
    firstPosition: Number(first),
    lastPosition: Number(last),
    recordedAtUs: Number(time),
    previousHash: previous,
    hash,
    leaves,
  }));
}
