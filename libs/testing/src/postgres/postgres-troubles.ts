import { Client, DatabaseError } from 'pg';
import { waitUntil } from '../wait-until.ts';
import { withClient } from './create-test-database.ts';

/** What connections of the troubles are called, so that they end none of their own. */
const OURS = 'zantara-troubles';
const OTHERS = `backend_type = 'client backend' AND application_name <> '${OURS}' AND pid <> pg_backend_pid()`;
const TOO_MANY_CONNECTIONS = '53300';
const AT_ONCE = 20;
/** Of some size and with a commit of its own, but no table is touched. */
const PROBE = "SELECT pg_logical_emit_message(true, 'zantara', 'a commit that waits')";

/**
 * Ways in which a PostgreSQL runs and is still of no use to anybody. They concern the whole server, and last until `recover`, so
 * it has to be one of the test's own.
 */
export class PostgresTroubles {
  private readonly held: Client[] = [];
  private readonly changed = new Set<string>();

  /** @param superuserUrl of the server */
  constructor(private readonly superuserUrl: string) {}

  /** Ends every connection of others, or those of one application, as an administrator does. Tells how many there were. */
  endBackends(applicationName?: string): Promise<number> {
    return this.ask(async (client) => {
      const { rowCount } = await client.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${OTHERS} AND application_name = coalesce($1, application_name)`,
        [applicationName ?? null],
      );
      return rowCount ?? 0;
    });
  }

  /** Every transaction that would write fails. */
  async refuseWrites(): Promise<void> {
    await this.change('default_transaction_read_only', 'on');
  }

  /** A commit is on this server's disk and isn't answered: it waits for a standby that there is not. */
  async hangCommits(): Promise<void> {
    await this.change('synchronous_standby_names', 'nobody');
    // A process of the server's own has to hear of it, too, and nothing tells when it has.
    while (!(await this.ask((client) => this.hasCommitWaited(client))));
  }

  /** Whether connections of this application wait for a lock, or for that standby. */
  isWaiting(applicationName: string, event: 'Lock' | 'SyncRep'): Promise<boolean> {
    return this.ask(async (client) => {
      const { rowCount } = await client.query(
        `SELECT FROM pg_stat_activity WHERE application_name = $1 AND $2 IN (wait_event_type, wait_event)`,
        [applicationName, event],
      );
      return rowCount !== 0;
    });
  }

  /** Each flush of the log begins a tenth of a second late, as on a disk that is slow to sync. */
  async slowCommits(): Promise<void> {
    await this.change('commit_siblings', '0');
    await this.change('commit_delay', '100000');
  }

  /** Takes every connection that the server has, also those that others had. */
  async takeConnections(): Promise<void> {
    await this.fill();
    for (;;) {
      const [first] = this.held;
      const { rowCount } = (await first?.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${OTHERS}`)) ?? {};
      if (rowCount === 0) return;
      await this.fill();
    }
  }

  /** What was changed is as it was for whoever connects from now on, and soon for everybody. */
  async recover(): Promise<void> {
    await Promise.all(this.held.splice(0).map((client) => client.end().catch(() => undefined)));
    await this.forget();
    for (const name of this.changed) {
      await this.reload(name, await this.ask((client) => read(client, 'boot_val', name)));
    }
    this.changed.clear();
  }

  /** What was changed is as it was after the next start of the server. */
  async forget(): Promise<void> {
    await this.ask((client) => client.query('ALTER SYSTEM RESET ALL'));
  }

  /** Tries one, and ends it. */
  private hasCommitWaited(observer: Client): Promise<boolean> {
    return this.ask(async (prober) => {
      const { rows } = await prober.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      const pids = rows.map(({ pid }) => pid);
      let isOver = false;
      const probing = prober.query(PROBE).catch(() => undefined);
      void probing.then(() => (isOver = true));
      const waiting = `SELECT FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'SyncRep'`;
      const isWaiting = async (): Promise<boolean> => (await observer.query(waiting, pids)).rowCount !== 0;
      await waitUntil(async () => isOver || (await isWaiting()));
      const hasWaited = !isOver;
      await observer.query('SELECT pg_terminate_backend($1)', pids);
      await probing;
      return hasWaited;
    });
  }

  private async change(name: string, value: string): Promise<void> {
    await this.ask((client) => client.query(`ALTER SYSTEM SET ${name} = '${value}'`));
    this.changed.add(name);
    await this.reload(name, value);
  }

  private async reload(name: string, value: string): Promise<void> {
    await this.ask((client) => client.query('SELECT pg_reload_conf()'));
    await waitUntil(async () => (await this.ask((client) => read(client, 'setting', name))) === value);
  }

  private async fill(): Promise<void> {
    for (;;) {
      const opened = await Promise.allSettled(Array.from({ length: AT_ONCE }, () => this.open()));
      this.held.push(...opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])));
      const failure = opened.find((one) => one.status === 'rejected');
      if (failure === undefined) continue;
      if (failure.reason instanceof DatabaseError && failure.reason.code === TOO_MANY_CONNECTIONS) return;
      throw failure.reason;
    }
  }

  private async open(): Promise<Client> {
    const client = new Client({ connectionString: this.superuserUrl, application_name: OURS });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  private ask<T>(use: (client: Client) => Promise<T>): Promise<T> {
    return withClient(Object.assign(new URL(this.superuserUrl), { search: `application_name=${OURS}` }).href, use);
  }
}

async function read(client: Client, column: 'setting' | 'boot_val', name: string): Promise<string> {
  const { rows } = await client.query<{ value: string | null }>(`SELECT ${column} AS value FROM pg_settings WHERE name = $1`, [
    name,
  ]);
  return rows[0]?.value ?? '';
}
