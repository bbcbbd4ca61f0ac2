import { Client } from 'pg';
import { waitUntil } from '#libs/testing';

/** Looks into the log itself, by SQL, whatever the orchestrator says or does not say. It outlives the server that it asks. */
export class LogWatch {
  private client: Promise<Client> | undefined;

  constructor(private readonly url: string) {}

  async query<T extends object>(sql: string, values: readonly unknown[] = []): Promise<T[]> {
    this.client ??= this.connect();
    const client = this.client;
    try {
      return (await (await client).query<T>(sql, [...values])).rows;
    } catch (error) {
      // Whether the statement or the connection is at fault: the next one has a connection of its own.
      if (this.client === client) this.client = undefined;
      void client.then((broken) => broken.end()).catch(() => undefined);
      throw error;
    }
  }

  /** Waits until a query has an answer; a database that is away has none. */
  async until<T extends object>(sql: string, values: readonly unknown[], withinMs: number): Promise<T> {
    let found: T | undefined;
    const look = async (): Promise<boolean> => {
      [found] = await this.query<T>(sql, values).catch(() => []);
      return found !== undefined;
    };
    await waitUntil(look, { withinMs, everyMs: 50 }).catch((error: unknown) => {
      throw new Error(`the log does not come to: ${sql} ${JSON.stringify(values)}`, { cause: error });
    });
    if (found === undefined) throw new Error('nothing was found');
    return found;
  }

  async count(sql: string, values: readonly unknown[] = []): Promise<number> {
    const [row] = await this.query<{ count: string }>(sql, values);
    return Number(row?.count);
  }

  async close(): Promise<void> {
    await this.client?.then((client) => client.end()).catch(() => undefined);
  }

  private async connect(): Promise<Client> {
    const client = new Client({ connectionString: this.url });
    // A server that is killed breaks the connection, also between two queries.
    client.on('error', () => {
      this.client = undefined;
    });
    await client.connect();
    return client;
  }
}
