import { describe, expect, it } from '@jest/globals';
import type { Finding } from '#libs/event-store';
import { judge } from './judge.ts';
import type { ChainRow } from './stored-log.ts';
import type { Tampered } from './tampering.ts';

const batchOf = (first: number, last: number): ChainRow => ({
  lane: 0,
  first_position: first,
  last_position: last,
  previous_hash: '',
  hash: '',
  recorded_at: '',
  leaves: '',
});
const before = { chain: [batchOf(1, 4), batchOf(5, 6), batchOf(7, 10)], anchors: [4, 6] };
const done = (named: Tampered['named'], ...positions: number[]): Tampered => ({
  log: { events: [], chain: [], stream_heads: [], append_keys: [], lanes: [] },
  what: '',
  positions,
  named,
});
const found = (code: Finding['code'], from: number, through = from): Finding => ({ code, sentence: '', from, through });

describe('what was found', () => {
  it.each<[what: string, tampered: Tampered, findings: Finding[], verdict: string]>([
    ['nothing', done('positions', 3), [], 'missed'],
    ['the position', done('positions', 3), [found('event-changed', 3)], 'named'],
    ['another position', done('positions', 3), [found('event-changed', 2)], 'missed'],
    ['more than was touched', done('positions', 3), [found('event-changed', 2, 3)], 'missed'],
    ['one of two', done('positions', 3, 4), [found('event-changed', 3)], 'missed'],
    ['the batch', done('batches', 3), [found('batch-changed', 1, 4)], 'named'],
    ['another batch', done('batches', 3), [found('batch-changed', 5, 6)], 'missed'],
    ['the anchors around it', done('anchors', 5), [found('anchor-differs', 5, 6)], 'named'],
    ['anchors further away', done('anchors', 5), [found('anchor-differs', 1, 6)], 'missed'],
    ['nothing behind the last anchor', done('anchors', 8), [], 'unanchored'],
    ['nothing before the last anchor', done('anchors', 5), [], 'missed'],
  ])('is judged: %s', (_what, tampered, findings, verdict) => {
    expect(judge(tampered, { findings, anchored: undefined }, before)).toBe(verdict);
  });
});
