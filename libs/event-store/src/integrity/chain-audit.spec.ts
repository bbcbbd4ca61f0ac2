import { describe, expect, it } from '@jest/globals';
import { CHAIN_HASH_VERSION, CHAIN_START, computeChainHash } from '../chain-hash.ts';
import { AnchorJudge } from './anchor-judge.ts';
import type { Anchor } from './anchor.ts';
import type { AuditedBatch, AuditedEvent } from './audited-rows.ts';
import { ChainAudit } from './chain-audit.ts';
import { Findings } from './finding.ts';

const leafOf = (position: number, content = ''): string =>
  Buffer.from(`${position} ${content}`.padEnd(32)).toString('hex').slice(0, 64);
const eventAt = (position: number): AuditedEvent => ({
  position,
  version: position,
  recordedAtUs: 0,
  leaf: leafOf(position),
  isCorrelated: true,
});

interface Forged {
  events: AuditedEvent[];
  batches: AuditedBatch[];
}

/** A log of batches of these sizes, as it is written. */
function write(sizes: readonly number[], leafAt = leafOf): Forged {
  const batches: AuditedBatch[] = [];
  const events: AuditedEvent[] = [];
  for (const size of sizes) {
    const firstPosition = events.length + 1;
    for (let n = 0; n < size; n += 1) {
      const position = firstPosition + n;
      events.push({ ...eventAt(position), leaf: leafAt(position), recordedAtUs: batches.length * 1000 });
    }
    const links = events.slice(firstPosition - 1).map((event) => ({ ...event, leaf: Buffer.from(event.leaf, 'hex') }));
    const previousHash = batches.at(-1)?.hash ?? CHAIN_START;
    batches.push({
      firstPosition,
      lastPosition: events.length,
      previousHash,
      hash: computeChainHash(previousHash, batches.length * 1000, links),
      recordedAtUs: batches.length * 1000,
      leaves: Buffer.concat(links.map(({ leaf }) => leaf)),
    });
  }
  return { events, batches };
}

const anchorOf = ({ lastPosition, hash, recordedAtUs }: AuditedBatch): Anchor => ({
  logId: 'log',
  position: lastPosition,
  hashVersion: CHAIN_HASH_VERSION,
  chainHash: hash.toString('hex'),
  recordedAt: new Date(recordedAtUs / 1000).toISOString(),
});

/** What is found, as `code from-through`. */
function audit({ events, batches }: Forged, anchors: readonly Anchor[] = [], head = 10): string[] {
  const findings = new Findings();
  const judge = new AnchorJudge(anchors, findings);
  const chain = new ChainAudit(findings, (batch) => judge.observe(batch));
  chain.takeBatches(batches);
  for (const event of events) chain.takeEvent(event);
  chain.closeThrough(batches.at(-1)?.lastPosition ?? 0);
  chain.finish(head);
  judge.finish();
  return findings.list().map(({ code, from, through }) => `${code} ${from}-${through}`);
}

const SIZES = [3, 1, 4, 2];
const sound = write(SIZES);
const withEvent = (position: number, change: Partial<AuditedEvent>): Forged => ({
  ...sound,
  events: sound.events.map((event) => (event.position === position ? { ...event, ...change } : event)),
});
const withBatch = (index: number, change: Partial<AuditedBatch>): Forged => ({
  ...sound,
  batches: sound.batches.map((batch, n) => (n === index ? { ...batch, ...change } : batch)),
});
/** The third batch and its events as if they had been recorded then. */
const atTime = (recordedAtUs: number): Forged => ({
  batches: withBatch(2, { recordedAtUs }).batches,
  events: sound.events.map((event) => (event.position >= 5 && event.position <= 8 ? { ...event, recordedAtUs } : event)),
});
const without = (position: number): Forged => ({ ...sound, events: sound.events.filter((event) => event.position !== position) });
const leavesWith = (index: number): Buffer => {
  const leaves = Buffer.from(sound.batches[index]?.leaves ?? '');
  leaves.fill(7, 32);
  return leaves;
};

describe('an audit of the chain', () => {
  it('finds nothing in a sound log, and that it passes through its anchors', () => {
    expect(audit(sound, sound.batches.map(anchorOf))).toEqual([]);
  });

  it.each<[what: string, forged: Forged, found: string[]]>([
    ['another content', withEvent(6, { leaf: leafOf(6, 'forged') }), ['event-changed 6-6']],
    ['another time', withEvent(6, { recordedAtUs: 5 }), ['event-time 6-6']],
    ['another story', withEvent(6, { isCorrelated: false }), ['event-correlation 6-6']],
    ['another version', withEvent(6, { version: 7 }), ['batch-changed 5-8']],
    ['an event that is gone', without(6), ['event-missing 6-6']],
    ['the last event gone', without(10), ['event-missing 10-10']],
    ['an event behind the chain', { ...sound, events: [...sound.events, eventAt(11)] }, ['batch-missing 11-11']],
    [
      'an event where one is',
      { ...sound, events: [...sound.events.slice(0, 5), eventAt(5), ...sound.events.slice(5)] },
      ['event-misplaced 5-5'],
    ],
    ['another leaf', withBatch(2, { leaves: leavesWith(2) }), ['batch-changed 5-8', 'event-changed 6-8']],
    [
      'a leaf too few',
      withBatch(2, { leaves: sound.batches[2]?.leaves.subarray(32) ?? CHAIN_START }),
      ['event-changed 5-8', 'batch-changed 5-8'],
    ],
    ['another hash', withBatch(2, { hash: CHAIN_START }), ['batch-changed 5-8', 'batch-rehashed 5-8']],
    ['another beginning', withBatch(0, { previousHash: Buffer.alloc(32, 1) }), ['batch-changed 1-3']],
    ['a batch that is gone', { ...sound, batches: sound.batches.toSpliced(2, 1) }, ['batch-missing 5-8']],
    [
      'a batch that begins too late',
      withBatch(2, { firstPosition: 6 }),
      ['batch-missing 5-5', 'event-changed 6-8', 'batch-changed 6-8'],
    ],
    [
      'a batch that is older than the one before',
      withBatch(2, { recordedAtUs: 500 }),
      ['event-time 5-8', 'batch-time 5-8', 'batch-changed 5-8'],
    ],
    ['another time of a batch and its events', atTime(2_001), ['batch-changed 5-8']],
    ['a time before 1970', atTime(-1), ['batch-time 5-8', 'batch-changed 5-8']],
    ['a time that no clock shows', atTime(2 ** 63), ['batch-time 9-10', 'batch-changed 5-8']],
  ])('finds %s', (_what, forged, found) => {
    expect(audit(forged).toSorted()).toEqual(found.toSorted());
  });

  it('names what lies between the last anchor that holds and the first that does not, where the whole tail was hashed anew', () => {
    const forged = write(SIZES, (position) => leafOf(position, position === 6 ? 'forged' : ''));
    expect(audit(forged)).toEqual([]);
    const [first, , third, last] = sound.batches;
    if (!first || !third || !last) throw new Error('no batches');
    expect(audit(forged, [anchorOf(last), anchorOf(first), anchorOf(third)])).toEqual(['anchor-differs 4-8']);
    expect(audit(forged, [anchorOf(first)])).toEqual([]);
  });

  it('misses what was anchored and is cut off', () => {
    const shorter = write(SIZES.slice(0, 2));
    expect(audit(shorter, sound.batches.map(anchorOf), 4)).toEqual(['anchor-differs 5-8']);
  });

  it('takes no anchor for good whose batch has another time', () => {
    const forged = withBatch(3, { recordedAtUs: 3_001_000 });
    forged.events = forged.events.map((event) => (event.position > 8 ? { ...event, recordedAtUs: 3_001_000 } : event));
    expect(audit(forged, sound.batches.map(anchorOf))).toEqual(['anchor-differs 9-10', 'batch-changed 9-10']);
  });
});
