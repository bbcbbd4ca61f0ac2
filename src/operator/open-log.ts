import type { Pool } from 'pg';
import { createPool, PostgresEventStore } from '#libs/event-store';
import { upcasters } from '../platform/log/upcasters.ts';
import type { OperatorContext } from './operator-command.ts';

/** A long look is meant; whoever doesn't want to wait stops it. */
const STATEMENT_TIMEOUT_MS = 24 * 3_600_000;

/** With these the server refuses every write. */
export const READ_ONLY = ['default_transaction_read_only=on'];

export const openPool = ({ note }: Pick<OperatorContext, 'note'>, connectionString: string, settings: readonly string[]): Pool =>
  createPool({
    connectionString,
    applicationName: 'zantara-log-tool',
    maxConnections: 4,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    settings,
    onConnectionError: (error) => note(`a connection broke: ${error.message}`),
  });

export interface OpenLog {
  readonly store: Pick<PostgresEventStore, 'readPage' | 'readAll' | 'head' | 'positionAt' | 'logId'>;
  readonly pool: Pool;
}

/**
 * Opens the log, and closes it afterwards. Nothing can be appended through it.
 *
 * @param settings of the server for its connections
 */
export async function withLog<T>(
  context: OperatorContext,
  settings: readonly string[],
  use: (log: OpenLog) => Promise<T>,
): Promise<T> {
  const { databaseUrl } = context.settings;
  const pool = openPool(context, databaseUrl, settings);
  const store = new PostgresEventStore({ pool, connectionString: databaseUrl, upcasters });
  try {
    return await use({ store, pool });
  } finally {
    await store.close();
    await pool.end();
  }
}
