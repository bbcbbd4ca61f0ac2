import { Client } from 'pg';
import type { EncodedRequest } from '../encoded-request.ts';
import type { EventRecord } from '../event-record.ts';
import type { AppendResult } from '../event-store.ts';
import { LogUnavailableError } from '../event-store.errors.ts';
import { computeAppendColumns } from './append-columns.ts';
import { APPEND_STATEMENT, type AppendRow, computeAppendValues, computeRecords, decodeAppendRow } from './append-statement.ts';
import { computeConnectionConfig, KEEP_MEMORY, type PoolOptions } from './connection-pool.ts';
import { isPartitionMissing, mapAppendFailure } from './postgres-failure.ts';

export interface BatchOutcome {
  readonly results: AppendResult[];
  readonly head: number;
  readonly hasAppended: boolean;
  /** What was appended, in the order of the log; unknown where something was refused. */
  readonly records: () => readonly EventRecord[];
}

/**
 * Planner settings of the connection that appends. Plans are made once, when the tables may still be small: without these the
 * plan for a nearly empty table, a scan, would be kept while it grows. The isolation level is what the function relies on.
 */
const SETTINGS = [
  'plan_cache_mode=force_generic_plan',
  'enable_seqscan=off',
  'enable_hashjoin=off',
  'enable_mergejoin=off',
  'jit=off',
  'default_transaction_isolation=read\\ committed',
];

/** A server that is asked to end a connection answers at once, or it is silent and never does. */
const CLOSE_WITHIN_MS = 2_000;

/** The one connection that writes. It connects when needed, and is given up after any failure. */
export class AppendConnection {
  readonly #options: PoolOptions;
  #client: Client | undefined;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** Stores a batch in one transaction and one round trip. */
  async append(requests: readonly EncodedRequest[]): Promise<BatchOutcome> {
    const columns = computeAppendColumns(requests);
    const values = computeAppendValues(requests, columns);
    const client = await this.#connect();
    try {
      const row = await appendOnce(client, values);
      return {
        results: decodeAppendRow(row, requests, columns),
        head: Number(row.o_head),
        hasAppended: row.o_count > 0,
        records: () => computeRecords(row, columns),
      };
    } catch (error) {
      this.#giveUp(client);
      throw mapAppendFailure(error);
    }
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    if (client === undefined) return;
    const timer = setTimeout(() => client.connection.stream.destroy(), CLOSE_WITHIN_MS);
    await client.end();
    clearTimeout(timer);
  }

  async #connect(): Promise<Client> {
    if (this.#client) return this.#client;
    const options = SETTINGS.map((setting) => `-c ${setting}`).join(' ');
    const client = new Client({ ...computeConnectionConfig(this.#options), options });
    client.on('error', (error) => {
      this.#options.onConnectionError?.(error);
      this.#giveUp(client);
    });
    try {
      await client.connect();
      await client.query(KEEP_MEMORY).catch(() => undefined); // without it appends are slower, and no more
    } catch (error) {
      this.#giveUp(client);
      throw new LogUnavailableError('no connection to the database', error);
    }
    this.#client = client;
    return client;
  }

  #giveUp(client: Client): void {
    if (this.#client === client) this.#client = undefined;
    // Nothing waits for it: a silent server would hold the caller. The outcome was already reported by the failed query.
    client.end().catch(() => undefined);
  }
}

async function appendOnce(client: Client, values: unknown[]): Promise<AppendRow> {
  try {
    return await runAppend(client, values);
  } catch (error) {
    if (!isPartitionMissing(error)) throw error;
    // Partitions are made ahead of need; this is for the batch that overtook that.
    await client.query('SELECT ensure_partition(head_position + 100000) FROM lanes');
    return await runAppend(client, values);
  }
}

async function runAppend(client: Client, values: unknown[]): Promise<AppendRow> {
  const { rows } = await client.query<AppendRow>({ ...APPEND_STATEMENT, values });
  const [row] = rows;
  if (row === undefined) throw new LogUnavailableError('the append function gave no answer');
  return row;
}
