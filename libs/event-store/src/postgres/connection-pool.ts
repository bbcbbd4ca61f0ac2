import { Pool, type PoolConfig } from 'pg';

export interface PoolOptions {
  readonly connectionString: string;
  readonly applicationName?: string;
  readonly maxConnections?: number;
  /** After this long a statement fails and its connection is given up. */
  readonly statementTimeoutMs?: number;
  /** Settings of the server for these connections, such as `synchronous_commit=off`. */
  readonly settings?: readonly string[];
  /** Hears of connections that broke; the pool replaces them by itself. */
  readonly onConnectionError?: (error: Error) => void;
}

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
  const pool = new Pool({ ...computeConnectionConfig(options), max: options.maxConnections ?? 10 });
  const report = options.onConnectionError ?? ((): void => {});
  pool.on('error', report);
  pool.on('connect', (client) => {
    client.on('error', report);
  });
  return pool;
}
