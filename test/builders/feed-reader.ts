import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FEED_READER, type LogEvent } from '#libs/contracts';
import type { TestNats } from '#libs/testing';

const SCRIPT = 'examples/feed-reader/read-feed.mjs';

/** One line of the file that the example writes. */
export type FeedLine = LogEvent & { log_id: string };

export interface FeedPlace {
  url: string;
  seedFile: string;
  tenant: string;
  /** All unless told. */
  feeds?: string;
}

/** The example program that follows the feeds into a file, which may be killed and started again. */
export class FeedReader {
  private readonly dir = mkdtempSync(join(tmpdir(), 'zantara-feed-'));
  private readonly file = join(this.dir, 'feed.ndjson');
  private child: ChildProcess | undefined;

  constructor(private readonly place: FeedPlace) {}

  static of(nats: TestNats, place: Pick<FeedPlace, 'tenant' | 'feeds'>): FeedReader {
    return new FeedReader({ ...place, url: nats.url, seedFile: nats.seedFile(FEED_READER) });
  }

  start(): void {
    const { url, seedFile, tenant, feeds } = this.place;
    const args = ['--nats', url, '--seed-file', seedFile, '--tenant', tenant, '--out', this.file];
    const wanted = feeds === undefined ? [] : ['--feeds', feeds];
    this.child = spawn(process.execPath, [SCRIPT, ...args, ...wanted], { stdio: 'ignore' });
  }

  /** kill -9. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.end('SIGTERM');
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** The whole lines so far. */
  read(): FeedLine[] {
    if (!existsSync(this.file)) return [];
    const text = readFileSync(this.file, 'utf8');
    const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as FeedLine);
  }

  readPositions(): number[] {
    return this.read().map(({ position }) => Number(position));
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}
