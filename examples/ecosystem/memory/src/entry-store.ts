import { Pool } from 'pg';

const STATEMENT_TIMEOUT_MS = 2_000;

/** The entries, in one table that is made on first use: the database may come later than the service. */
export class EntryStore {
  private readonly pool: Pool;
  private preparing: Promise<void> | undefined;

  constructor(databaseUrl: string) {
    this.pool = new Pool({
      connectionString: databaseUrl,
      max: 5,
      connectionTimeoutMillis: STATEMENT_TIMEOUT_MS,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      query_timeout: STATEMENT_TIMEOUT_MS,
    });
    // Without a listener a connection that breaks while idle would end the process.
    this.pool.on('error', (error) => console.error(error.message));
  }

  prepare(): Promise<void> {
    this.preparing ??= this.createTable().catch((error: unknown) => {
      this.preparing = undefined;
      throw error;
    });
    return this.preparing;
  }

  async put(key: string, value: string): Promise<void> {
    await this.prepare();
    await this.pool.query(
      'INSERT INTO entries (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = now()',
      [key, value],
    );
  }

  async find(key: string): Promise<string | undefined> {
    await this.prepare();
    const { rows } = await this.pool.query<{ value: string }>('SELECT value FROM entries WHERE key = $1', [key]);
    return rows[0]?.value;
  }

  async delete(key: string): Promise<boolean> {
    await this.prepare();
    const { rowCount } = await this.pool.query('DELETE FROM entries WHERE key = $1', [key]);
    return rowCount === 1;
  }

  /** Whether the database really answers. */
  async check(): Promise<void> {
    await this.prepare();
    await this.pool.query('SELECT 1');
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  private async createTable(): Promise<void> {
    await this.pool.query(
      'CREATE TABLE IF NOT EXISTS entries (key text PRIMARY KEY, value text NOT NULL, updated_at timestamptz NOT NULL DEFAULT now())',
    );
  }
}
