import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import {
  checkStoredLog,
  createTestDatabase,
  type PrivatePostgres,
  startPrivatePostgres,
  type TestDatabase,
  type Violation,
  waitUntil,
  withClient,
} from '#libs/testing';
import { ChildProgram } from '../../test/system/child-program.ts';
import { AppendLedger } from './append-ledger.ts';
import { FollowLedger } from './follow-ledger.ts';
import { judgeKills, type KillFindings, type StoredRow } from './judge-kills.ts';

export interface KillOptions {
  kills: number;
  /** When what is killed follows from it. */
  seed: number;
  say?: (line: string) => void;
}

export interface KillRun extends KillFindings {
  kills: number;
  ofPostgres: number;
  ofFollower: number;
  /** Requests that a killed process left without an answer: it was killed in the middle. */
  leftOpen: number;
  stored: number;
  violations: readonly Violation[];
}

const FOLLOWER = 'kills-follower';
const FOLLOWER_KILLED_EACH = 5;
const WITHIN = { withinMs: 60_000 };
const LOADER = [
  '--disable-warning=ExperimentalWarning',
  '--conditions=source',
  '--import',
  resolve('scripts/typescript-loader.mjs'),
];

/** After how many answers the next kill comes, and whom it meets. */
const arbitraryKill = fc.record({ afterAnswers: fc.integer({ min: 1, max: 200 }), isOfPostgres: fc.boolean() });

const startProgram = (script: string, ...args: string[]): ChildProgram =>
  new ChildProgram(script, [...LOADER, `bench/kills/${script}`, ...args], {});

/** A log with one process that appends and one that follows, both of which may be killed at any time, as may PostgreSQL. */
class KillStage {
  private readonly dir = mkdtempSync(join(tmpdir(), 'zantara-kills-'));
  private readonly appendFile = join(this.dir, 'append.ledger');
  private readonly followFile = join(this.dir, 'follow.ledger');
  readonly appended = new AppendLedger(this.appendFile);
  readonly followed = new FollowLedger(this.followFile);
  private appender: ChildProgram | undefined;
  private follower: ChildProgram | undefined;

  constructor(
    private readonly server: PrivatePostgres,
    readonly database: TestDatabase,
  ) {}

  startAppender(): void {
    this.appender = startProgram('appender.main.ts', this.database.appUrl, this.appendFile);
  }

  startFollower(): void {
    this.follower = startProgram('follower.main.ts', this.database.appUrl, this.followFile, FOLLOWER);
  }

  async killPostgres(): Promise<void> {
    this.server.kill();
    await this.server.restart();
  }

  async killAppender(): Promise<void> {
    await this.appender?.end('SIGKILL');
  }

  async killFollower(): Promise<void> {
    await this.follower?.end('SIGKILL');
  }

  /** Until so many requests more were answered. Fails with the words of a program that gave up. */
  async untilAnswered(more: number): Promise<void> {
    const wanted = this.appended.countAcknowledged() + more;
    const look = (): boolean => {
      const gaveUp = [this.appender, this.follower].find((program) => program?.hasEnded);
      if (gaveUp !== undefined) throw new Error(`${gaveUp.name} ended: ${gaveUp.output}`);
      return this.appended.countAcknowledged() >= wanted;
    };
    await waitUntil(look, WITHIN);
  }

  /** Everything that was sent is answered, and everything that is stored was seen. */
  async end(): Promise<StoredRow[]> {
    await this.appender?.end('SIGTERM');
    const rows = await this.readRows();
    await waitUntil(() => this.followed.readPages().at(-1)?.at(-1)?.position === rows.length, { ...WITHIN, everyMs: 100 }).catch(
      () => undefined,
    );
    await this.follower?.end('SIGTERM');
    return rows;
  }

  async remove(): Promise<void> {
    await Promise.all([this.appender?.end('SIGKILL'), this.follower?.end('SIGKILL')]);
    await this.server.remove();
    rmSync(this.dir, { recursive: true, force: true });
  }

  private readRows(): Promise<StoredRow[]> {
    return withClient(this.database.ownerUrl, async (client) => {
      const { rows } = await client.query<Omit<StoredRow, 'position'> & { position: string }>(
        'SELECT position, stream, version, event_id AS id FROM events ORDER BY position',
      );
      return rows.map((row) => ({ ...row, position: Number(row.position) }));
    });
  }
}

/** Kills the appending process or PostgreSQL in the middle of appends, again and again, then counts against the ledgers. */
export async function runKills({ kills, seed, say = () => {} }: KillOptions): Promise<KillRun> {
  const server = await startPrivatePostgres();
  const stage = new KillStage(server, await createTestDatabase(server.urls));
  try {
    stage.startAppender();
    stage.startFollower();
    const plan = fc.sample(arbitraryKill, { numRuns: kills, seed });
    let leftOpen = 0;
    for (const [index, { afterAnswers, isOfPostgres }] of plan.entries()) {
      await stage.untilAnswered(afterAnswers);
      if (index % FOLLOWER_KILLED_EACH === 0) await stage.killFollower();
      if (isOfPostgres) await stage.killPostgres();
      else {
        await stage.killAppender();
        leftOpen += stage.appended.readOpen().length;
        stage.startAppender();
      }
      if (index % FOLLOWER_KILLED_EACH === 0) stage.startFollower();
      if ((index + 1) % 20 === 0) say(`${index + 1} kills`);
    }
    await stage.untilAnswered(100);
    const rows = await stage.end();
    return {
      kills,
      ofPostgres: plan.filter(({ isOfPostgres }) => isOfPostgres).length,
      ofFollower: Math.ceil(kills / FOLLOWER_KILLED_EACH),
      leftOpen,
      stored: rows.length,
      ...judgeKills(rows, stage.appended.read(), stage.followed.readPages()),
      violations: await checkStoredLog(stage.database.ownerUrl),
    };
  } finally {
    await stage.remove();
  }
}
