import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from 'pg';
import { withClient } from '#libs/testing';

/** Every table of ours that holds rows itself or hands them to its partitions, which come with it. */
const TABLES = `
  SELECT format('%I.%I', nspname, relname) AS name FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
  WHERE relkind IN ('r', 'p') AND NOT relispartition AND nspname = 'public' ORDER BY relname`;

const COLUMNS = `
  SELECT string_agg(format('%I', attname), ', ' ORDER BY attnum) AS names FROM pg_attribute
  WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''`;

const LANES = 'public.lanes';

/** Names of all tables, in order. */
export async function listTables(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(TABLES);
  return rows.map(({ name }) => name);
}

/** Copies the rows of every table into a freshly migrated database of another server, as docs/moving-the-database.md tells. */
export async function copyTables(fromUrl: string, toUrl: string): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'zantara-copy-'));
  chmodSync(dir, 0o777); // the servers run as another user
  try {
    const source = await withClient(fromUrl, (client) => copyOut(client, dir));
    await withClient(toUrl, (client) => copyIn(client, dir, source));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

interface Source {
  /** By table, the list of its columns. */
  columns: Map<string, string>;
  /** Read models that were rebuilt, and how often. */
  rebuilt: { projection: string; version: number; times: number }[];
}

async function copyOut(client: Client, dir: string): Promise<Source> {
  const columns = new Map<string, string>();
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  for (const table of await listTables(client)) {
    const { rows } = await client.query<{ names: string }>(COLUMNS, [table]);
    columns.set(table, rows[0]?.names ?? '');
    await client.query(`COPY (SELECT ${columns.get(table)} FROM ${table}) TO '${join(dir, table)}'`);
  }
  const { rows: rebuilt } = await client.query<Source['rebuilt'][number]>(
    "SELECT projection, version, generation - 1 AS times FROM projection_generations WHERE state = 'live' AND generation > 1",
  );
  return { columns, rebuilt };
}

async function copyIn(client: Client, dir: string, { columns, rebuilt }: Source): Promise<void> {
  await client.query('BEGIN');
  for (const { projection, version, times } of rebuilt) {
    for (let time = 0; time < times; time += 1) {
      await client.query("SELECT switch_projection($1, begin_generation($1, $2, 'building'))", [projection, version]);
    }
  }
  await client.query(`TRUNCATE ${[...columns.keys()].join(', ')}`); // what the migrations put in
  // First the head of the log, by which the partitions are made.
  for (const table of [LANES, ...[...columns.keys()].filter((name) => name !== LANES)]) {
    await client.query(`COPY ${table} (${columns.get(table)}) FROM '${join(dir, table)}'`);
    if (table === LANES) await client.query(`SELECT ensure_partition(head_position) FROM ${LANES}`);
  }
  await client.query('COMMIT');
}
