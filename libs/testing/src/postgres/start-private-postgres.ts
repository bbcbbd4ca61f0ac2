import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PostgresUrls, type RunningPostgres, startPostgres } from '../../../../scripts/infra/postgres.mjs';
import { alive } from '../../../../scripts/infra/process.mjs';
import { waitUntil } from '../wait-until.ts';
import { withClient } from './create-test-database.ts';
import { SmallDisk } from './small-disk.ts';

/** A PostgreSQL of one spec's own, with fsync, that may be killed. It keeps its port, so clients find it again. */
export class PrivatePostgres {
  readonly #dir: string;
  #server: RunningPostgres;
  /** Where it is on one of its own. */
  readonly disk: SmallDisk | undefined;

  constructor(dir: string, server: RunningPostgres, disk: SmallDisk | undefined) {
    this.#dir = dir;
    this.#server = server;
    this.disk = disk;
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

  /** Resolves when it can be asked again. One that has come to its end by itself is started again. */
  async untilUsable(): Promise<void> {
    await waitUntil(async () => {
      if (!alive(this.#server.pid)) await this.restart();
      return withClient(this.#server.superuserUrl, (client) => client.query('SELECT')).then(
        () => true,
        () => false,
      );
    });
  }

  /** Shuts it down in order; it can be started again. */
  async stop(): Promise<void> {
    await this.#server.stop();
  }

  async remove(): Promise<void> {
    await this.#server.stop();
    this.disk?.unmount();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

/**
 * @param options.diskMiB puts it on a disk of its own of this size, which can be filled
 * @throws where no such disk can be had
 */
export async function startPrivatePostgres({ diskMiB }: { diskMiB?: number } = {}): Promise<PrivatePostgres> {
  const disk = diskMiB === undefined ? undefined : SmallDisk.mount(diskMiB);
  const dir = disk?.dir ?? mkdtempSync(join(tmpdir(), 'zantara-postgres-'));
  chmodSync(dir, 0o755); // mkdtemp makes 0700: the postgres user must get through
  return new PrivatePostgres(dir, await startPostgres({ dir }), disk);
}
