import type { Pool, PoolClient } from 'pg';
import { LANE } from '../postgres/append-statement.ts';
import { CHAIN_HASH_VERSION } from '../chain-hash.ts';
import { mapReadFailure } from '../postgres/postgres-failure.ts';
import { AnchorJudge } from './anchor-judge.ts';
import type { Anchor } from './anchor.ts';
import { type AuditedBatch, BATCH_COLUMNS, decodeBatch, EVENT_COLUMNS, EventDecoder } from './audited-rows.ts';
import { ChainAudit } from './chain-audit.ts';
import { checkKeys } from './check-keys.ts';
import { checkStreams } from './check-streams.ts';
import { copyOut } from './copy-out.ts';
import { type Finding, Findings } from './finding.ts';
import { type LogFrame, type LogSnapshot, readFrame, withSnapshot } from './log-snapshot.ts';

export interface VerifyLogOptions {
  /** Two of its connections are used. Its statements must be allowed to take long; the app's rights are enough. */
  readonly pool: Pool;
  /** Heads of the log that were noted down outside of the database. */
  readonly anchors: readonly Anchor[];
  /** Hears, after some thousand events each time, up to which position they have been looked at, of how many. */
  readonly onProgress?: (position: number, head: number) => void;
  /** Ends it early with the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface VerifyReport {
  readonly logId: string;
  readonly head: number;
  /** Hexadecimal. */
  readonly chainHash: string;
  /** What was looked at. */
  readonly events: number;
  readonly batches: number;
  readonly streams: number;
  readonly keys: number;
  /** Those of this log that can be compared with it. */
  readonly anchors: number;
  /** Those of this log whose hash is of another version, so that it says nothing about this chain. */
  readonly outdatedAnchors: number;
  /** Those of others, which stood in its place before. */
  readonly foreignAnchors: number;
  /** The last anchor through which the chain passes. What comes behind it may have been changed together with the chain. */
  readonly anchored: Anchor | undefined;
  /** In the order of the log; of each kind the first hundred. Empty for a sound log. */
  readonly findings: readonly Finding[];
  /** How many more there are. */
  readonly more: number;
}

/** Larger than any batch, and little enough to be in memory with all its leaves. */
const WINDOW = 20_000;

/**
 * Holds the whole log against everything that it promises: dense positions, content against the leaves that the chain holds, the
 * chain itself, its head, the versions and heads of streams, idempotency keys, and the anchors. The database only hands rows out;
 * every hash is computed here. Memory does not grow with the log, and what is appended meanwhile is not looked at.
 *
 * @throws LogUnavailableError when the database can't be read to the end
 */
export async function verifyLog(options: VerifyLogOptions): Promise<VerifyReport> {
  try {
    return await withSnapshot(options.pool, (snapshot) => new LogVerifier(options, snapshot).run());
  } catch (error) {
    options.signal?.throwIfAborted();
    throw mapReadFailure(error);
  }
}

class LogVerifier {
  readonly #options: VerifyLogOptions;
  readonly #snapshot: LogSnapshot;
  readonly #findings = new Findings();
  #events = 0;
  #batches = 0;

  constructor(options: VerifyLogOptions, snapshot: LogSnapshot) {
    this.#options = options;
    this.#snapshot = snapshot;
  }

  async run(): Promise<VerifyReport> {
    const { reader, counter } = this.#snapshot;
    const frame = await readFrame(reader);
    const own = this.#selectAnchors(frame);
    const anchors = own.filter(({ hashVersion }) => hashVersion === CHAIN_HASH_VERSION);
    const judge = new AnchorJudge(anchors, this.#findings);
    const counted = this.#count(counter, frame);
    counted.catch(() => undefined); // it is waited for below; a failure of the reading comes first
    await this.#audit(reader, frame, judge);
    const [streams, keys] = await counted;
    return {
      logId: frame.logId,
      head: frame.head,
      chainHash: frame.chainHash,
      events: this.#events,
      batches: this.#batches,
      streams,
      keys,
      anchors: anchors.length,
      outdatedAnchors: own.length - anchors.length,
      foreignAnchors: this.#options.anchors.length - own.length,
      anchored: judge.lastGood,
      findings: this.#findings.list(),
      more: this.#findings.more,
    };
  }

  async #count(counter: PoolClient, { head }: LogFrame): Promise<[streams: number, keys: number]> {
    const streams = await checkStreams(counter, this.#findings);
    return [streams, await checkKeys(counter, head, this.#findings)];
  }

  /** Those of a log that was here before say nothing. If there are no others, this log took its place. */
  #selectAnchors({ logId }: LogFrame): readonly Anchor[] {
    const { anchors } = this.#options;
    const own = anchors.filter((anchor) => anchor.logId === logId);
    if (own.length === 0 && anchors.length > 0) this.#findings.add('anchor-foreign');
    return own;
  }

  async #audit(reader: PoolClient, frame: LogFrame, judge: AnchorJudge): Promise<void> {
    const audit = new ChainAudit(this.#findings, (batch) => {
      this.#batches += 1;
      judge.observe(batch);
    });
    for (let after = frame.first - 1; after < frame.last;) after = await this.#auditWindow(reader, audit, after, frame);
    audit.finish(Math.max(frame.head, 0));
    judge.finish();
    const { firstPosition: from, lastPosition: through, hash, recordedAtUs } = audit.end;
    const isAtHead = through === frame.head && hash.toString('hex') === frame.chainHash;
    const isOfTime = frame.recordedAtMs === undefined ? through === 0 : frame.recordedAtMs * 1000 === recordedAtUs;
    if (!isAtHead || !isOfTime) this.#findings.add('head-differs', { from, through });
  }

  /** The events of all batches that end within a window, or all within it where none does. Answers how far that is. */
  async #auditWindow(reader: PoolClient, audit: ChainAudit, after: number, frame: LogFrame): Promise<number> {
    const { signal, onProgress } = this.#options;
    signal?.throwIfAborted();
    const batches: AuditedBatch[] = [];
    const inWindow = `lane = ${LANE} AND last_position > ${after} AND last_position <= ${after + WINDOW}`;
    await copyOut(reader, `SELECT ${BATCH_COLUMNS} FROM chain WHERE ${inWindow} ORDER BY last_position`, (row) => {
      batches.push(decodeBatch(row));
    });
    const through = batches.at(-1)?.lastPosition ?? after + WINDOW;
    audit.takeBatches(batches);
    const decoder = new EventDecoder();
    const within = `lane = ${LANE} AND position > ${after} AND position <= ${through}`;
    await copyOut(reader, `SELECT ${EVENT_COLUMNS} FROM events WHERE ${within} ORDER BY position`, (row) => {
      this.#events += 1;
      audit.takeEvent(decoder.decode(row));
    });
    audit.closeThrough(through);
    onProgress?.(Math.min(through, frame.last), frame.last);
    return through;
  }
}
