import type { Pool, PoolClient } from 'pg';
import { LANE } from '../postgres/append-statement.ts';
import type { Queryable } from '../postgres/queryable.ts';
import { LogCorruptedError } from '../event-store.errors.ts';

/** The log as it was at one moment, seen through two connections, so that one can be read while the other one counts. */
export interface LogSnapshot {
  readonly reader: PoolClient;
  readonly counter: PoolClient;
}

/** What the database says about the log beside its events. */
export interface LogFrame {
  readonly logId: string;
  readonly head: number;
  /** Hexadecimal. */
  readonly chainHash: string;
  /** When the last batch was recorded, in milliseconds since 1970, or infinite; absent while the log is empty. */
  readonly recordedAtMs: number | undefined;
  /** The lowest and the highest position at which anything is, whatever the head says. */
  readonly first: number;
  readonly last: number;
}

const BEGIN = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';
// What is long takes as long as it takes. The plans that are left go through an index in its order, a window at a time.
const SETTINGS = 'SET LOCAL statement_timeout = 0';
const IN_ORDER = 'SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off';

/** Hands out a snapshot and takes it back, whatever comes. */
export async function withSnapshot<T>(pool: Pool, use: (snapshot: LogSnapshot) => Promise<T>): Promise<T> {
  const reader = await pool.connect();
  try {
    const counter = await pool.connect();
    try {
      await reader.query(BEGIN);
      const { rows } = await reader.query<{ id: string }>('SELECT pg_export_snapshot() AS id');
      await counter.query(`${BEGIN}; SET TRANSACTION SNAPSHOT '${rows[0]?.id ?? ''}'; ${SETTINGS}`);
      await reader.query(`${SETTINGS}; ${IN_ORDER}`);
      return await use({ reader, counter });
    } finally {
      // Destroyed, not given back: what was interrupted may still be sending rows.
      counter.release(true);
    }
  } finally {
    reader.release(true);
  }
}

const FRAME = `
SELECT (SELECT id FROM log_identity) AS id, head_position AS head, encode(chain_hash, 'hex') AS hash, last_recorded_at AS at,
  least(1, (SELECT min(position) FROM events WHERE lane = ${LANE}), (SELECT min(last_position) FROM chain WHERE lane = ${LANE})) AS first,
  greatest((SELECT max(position) FROM events WHERE lane = ${LANE}), (SELECT max(last_position) FROM chain WHERE lane = ${LANE}), 0) AS last
FROM lanes WHERE lane = ${LANE}`;

export async function readFrame(database: Queryable): Promise<LogFrame> {
  type Row = Record<'id' | 'head' | 'hash' | 'first' | 'last', string> & { at: Date | number | null };
  const [row] = (await database.query<Row>(FRAME)).rows;
  if (row === undefined) throw new LogCorruptedError('its own row is missing');
  return {
    logId: row.id,
    head: Number(row.head),
    chainHash: row.hash,
    recordedAtMs: row.at === null ? undefined : Number(row.at),
    first: Number(row.first),
    last: Number(row.last),
  };
}
