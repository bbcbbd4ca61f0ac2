import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PostgresUrls, type RunningPostgres, startPostgres } from '../../../../scripts/infra/postgres.mjs';

/** A PostgreSQL of one spec's own, with fsync, that may be killed. It keeps its port, so clients find it again. */
export class PrivatePostgres {
  readonly #dir: string;
  #server: RunningPostgres;

  constructor(dir: string, server: RunningPostgres) {
    this.#dir = dir;
    this.#server = server;
  }

  get urls(): PostgresUrls {
    return this.#server;
  }

  /** As kill -9 of the server: nothing is flushed, nobody is told. */
  kill(): void {
    process.kill(this.#server.pid, 'SIGKILL');
  }

  /** Starts it again on the same data and port, after a kill or a stop. */
  async restart(): Promise<void> {
    this.#server = await startPostgres({ dir: this.#dir, port: this.#server.port });
  }

  /** Shuts it down in order; it can be started again. */
  async stop(): Promise<void> {
    await this.#server.stop();
  }

  async remove(): Promise<void> {
    await this.#server.stop();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

export async function startPrivatePostgres(): Promise<PrivatePostgres> {
  const dir = mkdtempSync(join(tmpdir(), 'zantara-postgres-'));
  chmodSync(dir, 0o755); // mkdtemp makes 0700: the postgres user must get through
  return new PrivatePostgres(dir, await startPostgres({ dir }));
}
