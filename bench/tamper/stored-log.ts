import type { Client } from 'pg';
import { z } from 'zod';

/** The tables of a log as their owner sees them, by their own column names; bytes are as PostgreSQL prints them. */
const StoredLogSchema = z.object({
  events: z.array(
    z.object({
      lane: z.number(),
      position: z.number(),
      stream: z.string(),
      version: z.number(),
      event_id: z.string(),
      type: z.string(),
      schema_version: z.number(),
      payload: z.string(),
      metadata: z.string(),
      correlation_id: z.string().nullable(),
      recorded_at: z.string(),
    }),
  ),
  chain: z.array(
    z.object({
      lane: z.number(),
      first_position: z.number(),
      last_position: z.number(),
      previous_hash: z.string(),
      hash: z.string(),
      recorded_at: z.string(),
      leaves: z.string(),
    }),
  ),
  stream_heads: z.array(
    z.object({
      lane: z.number(),
      stream: z.string(),
      version: z.number(),
      first_position: z.number(),
      last_position: z.number(),
    }),
  ),
  append_keys: z.array(
    z.object({
      lane: z.number(),
      scope: z.string(),
      key: z.string(),
      content_hash: z.string(),
      position: z.number(),
      last_position: z.number(),
    }),
  ),
  lanes: z.array(z.object({ lane: z.number(), head_position: z.number(), last_recorded_at: z.string(), chain_hash: z.string() })),
});

export type StoredLog = z.infer<typeof StoredLogSchema>;
export type EventRow = StoredLog['events'][number];
export type ChainRow = StoredLog['chain'][number];

const ORDER = {
  events: 'position',
  chain: 'last_position',
  stream_heads: 'stream',
  append_keys: 'position',
  lanes: 'lane',
};

export async function loadLog(client: Client): Promise<StoredLog> {
  const parts = Object.entries(ORDER).map(([name, order]) => `'${name}', (SELECT json_agg(t ORDER BY ${order}) FROM ${name} t)`);
  const { rows } = await client.query<{ log: unknown }>(`SELECT json_build_object(${parts.join()}) AS log`);
  return StoredLogSchema.parse(rows[0]?.log);
}

/** Puts these rows in the place of all that are there. */
export async function saveLog(client: Client, log: StoredLog): Promise<void> {
  const names = Object.keys(ORDER).join();
  await client.query('BEGIN');
  await client.query(`TRUNCATE ${names}`);
  for (const [name, rows] of Object.entries(log))
    await client.query(`INSERT INTO ${name} SELECT * FROM json_populate_recordset(NULL::${name}, $1)`, [JSON.stringify(rows)]);
  await client.query('COMMIT');
}
