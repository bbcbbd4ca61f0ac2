import type { Pool } from 'pg';
import { createPool, type PoolOptions, PostgresEventStore } from '#libs/event-store';
import { upcasters } from '../platform/log/upcasters.ts';
import type { OperatorContext } from './operator-command.ts';

/** A long look is meant; whoever doesn't want to wait stops it. */
const STATEMENT_TIMEOUT_MS = 24 * 3_600_000;

/** What is special about the connections of a pool. */
export type Connections = Pick<PoolOptions, 'settings' | 'isPipelined'>;

/** With these the server refuses every write. */
export const READ_ONLY: Connections = { settings: ['default_transaction_read_only=on'] };

export const openPool = ({ note }: Pick<OperatorContext, 'note'>, connectionString: string, connections: Connections): Pool =>
  createPool({
    connectionString,
    applicationName: 'zantara-log-tool',
    maxConnections: 4,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    ...connections,
    onConnectionError: (error) => note(`a connection broke: ${error.message}`),
  });

export interface OpenLog {
  readonly store: Pick<PostgresEventStore, 'readPage' | 'readAll' | 'head' | 'positionAt' | 'logId'>;
  readonly pool: Pool;
}

/**
 * Opens the log, and closes it afterwards. Nothing can be appended through it.
 */
export async function withLog<T>(
  context: OperatorContext,
  connections: Connections,
  use: (log: OpenLog) => Promise<T>,
): Promise<T> {
  const { databaseUrl } = context.settings;
  const pool = openPool(context, databaseUrl, connections);
  const store = new PostgresEventStore({ pool, connectionString: databaseUrl, upcasters });
  try {
    return await use({ store, pool });
  } finally {
    await store.close();
    await pool.end();
  }
}
