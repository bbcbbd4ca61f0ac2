import { Pool, type PoolConfig } from 'pg';

export interface PoolOptions {
  readonly connectionString: string;
  readonly applicationName?: string;
  readonly maxConnections?: number;
  /** After this long a statement fails and its connection is given up. */
  readonly statementTimeoutMs?: number;
  /** Settings of the server for these connections, such as `synchronous_commit=off`. */
  readonly settings?: readonly string[];
  /** Whether statements go out without waiting for the answers to those before them. Rows can't be copied out over such connections. */
  readonly isPipelined?: boolean;
  /** Hears of connections that broke; the pool replaces them by itself. */
  readonly onConnectionError?: (error: Error) => void;
}

/**
 * For a new connection. A batch takes a few megabytes of the server's memory, which glibc would give back after each one and fault
 * in again for the next: half of the time that the server spends on a batch of 500 events. Once it has freed a large piece it keeps
 * what is smaller (mallopt(3), M_MMAP_THRESHOLD: "dynamic"), so this frees one of 4 MB. Without it all is slower, and no more: a
 * failure is no reason to give a connection up.
 */
export const KEEP_MEMORY = "SELECT octet_length(repeat(repeat('x', 1000), 4000))";

/** Settings that every connection of ours has: none waits for ever, whether the server is slow or silent. */
export function computeConnectionConfig(options: PoolOptions): PoolConfig {
  const { connectionString, applicationName = 'zantara', statementTimeoutMs = 10_000, settings = [] } = options;
  return {
    connectionString,
    application_name: applicationName,
    connectionTimeoutMillis: 5_000,
    statement_timeout: statementTimeoutMs,
    // A little later than the server's own: it only matters when the server is silent.
    query_timeout: statementTimeoutMs + 2_000,
    keepAlive: true,
    ...(settings.length > 0 && { options: settings.map((setting) => `-c ${setting}`).join(' ') }),
  };
}

/** A pool whose broken connections never end the process: without a listener, `pg` throws for idle and checked-out clients. */
export function createPool(options: PoolOptions): Pool {
  const pool = new Pool({
    ...computeConnectionConfig(options),
    max: options.maxConnections ?? 10,
    pipeline: options.isPipelined ?? false,
    verify: (client, done) => client.query(KEEP_MEMORY, () => done()),
  });
  const report = options.onConnectionError ?? ((): void => {});
  pool.on('error', report);
  pool.on('connect', (client) => {
    client.on('error', report);
  });
  return pool;
}
