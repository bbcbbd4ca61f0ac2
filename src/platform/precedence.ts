import { setTimeout as sleep } from 'node:timers/promises';
import type { BeforeApplicationShutdown, OnModuleInit } from '@nestjs/common';
import type { Pool, PoolClient } from 'pg';
import { failpoint } from './failpoint.ts';
import type { LogSubscriptions } from './log/log-subscriptions.ts';
import type { AppLogger } from './logging/app-logger.ts';

const LOOK_EVERY_MS = 1_000;
/** Longer than the first one needs to handle an event and to say so, which it does twice a second. */
const HEAD_START_MS = 2_000;
/** Who goes first asks something every second; who hasn't for so long stands still, or is cut off. */
const STANDS_STILL_SECONDS = 4;
const LOCK = "SELECT pg_try_advisory_lock(hashtext('zantara'), hashtext($1)) AS taken";
/** Ends the connection of whoever has the lock and stands still, which any connection of the same role may. */
const DEPOSE = `
SELECT pg_terminate_backend(held.pid) FROM pg_locks held JOIN pg_stat_activity holder USING (pid)
WHERE held.locktype = 'advisory' AND held.granted AND holder.datname = current_database()
  AND held.classid::bigint = hashtext('zantara')::bigint & x'ffffffff'::bigint
  AND held.objid::bigint = hashtext($1)::bigint & x'ffffffff'::bigint
  AND holder.state_change < clock_timestamp() - make_interval(secs => $2)`;

/**
 * Which of several orchestrators goes first. It does what there is to do at once, and the others what it leaves lying for two
 * seconds; so they don't all do the same, and one that dies or stands still holds nobody up, and is no longer the first one after some
 * seconds. That is a saving and no promise: two may be first for a moment, and nothing depends on it.
 */
export class Precedence implements OnModuleInit, BeforeApplicationShutdown {
  private isFirst = false;
  private readonly stopping = new AbortController();
  private connection: PoolClient | undefined;
  private running: Promise<void> = Promise.resolve();

  /** @param pool of one connection, which the lock lives and dies with */
  constructor(
    private readonly name: string,
    private readonly pool: Pool,
    private readonly logger: AppLogger,
    private readonly subscriptions: LogSubscriptions,
  ) {
    subscriptions.giveHeadStart(() => this.headStartMs);
  }

  /** What is younger is left to another orchestrator; 0 where this one goes first. */
  get headStartMs(): number {
    return this.isFirst ? 0 : HEAD_START_MS;
  }

  /** Before anything is read: who is alone would wait for nobody. */
  async onModuleInit(): Promise<void> {
    await this.look();
    this.running = this.run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.running;
    this.letGo();
    await this.pool.end();
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    for (;;) {
      await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      await this.look();
    }
  }

  /** Takes the lock, or sees that the connection which has it still lives. Who can't read on goes last. */
  private async look(): Promise<void> {
    if (this.subscriptions.outdatedBy !== undefined) return this.letGo();
    try {
      this.connection ??= await this.connect();
      if (this.isFirst) await this.connection.query('SELECT');
      else await this.take(this.connection);
      await failpoint('precedence.kept');
    } catch (error) {
      this.letGo();
      this.logger.problem('which orchestrator goes first is not known, and this one does not', error);
    }
  }

  private async take(connection: PoolClient): Promise<void> {
    const { rows } = await connection.query<{ taken: boolean }>(LOCK, [this.name]);
    if (rows[0]?.taken !== true) return void (await connection.query(DEPOSE, [this.name, STANDS_STILL_SECONDS]));
    // It may have broken meanwhile.
    if (connection !== this.connection) return;
    this.isFirst = true;
    this.logger.say('info', 'this orchestrator goes first', { part: this.name });
  }

  private async connect(): Promise<PoolClient> {
    const connection = await this.pool.connect();
    connection.once('end', () => {
      if (this.connection === connection) this.letGo();
    });
    return connection;
  }

  private letGo(): void {
    const { connection } = this;
    this.isFirst = false;
    this.connection = undefined;
    connection?.release(true);
  }
}
