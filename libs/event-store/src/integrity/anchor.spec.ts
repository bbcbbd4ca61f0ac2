import { describe, expect, it } from '@jest/globals';
import { type Anchor, formatAnchor, parseAnchor } from './anchor.ts';

const anchor: Anchor = {
  logId: '6f0bf831-8c07-4f61-8ff2-68c8f1bc41ae',
  position: 1_234,
  hashVersion: 2,
  chainHash: 'ab'.repeat(32),
  recordedAt: '2026-11-29T01:20:48.299Z',
};
const line = formatAnchor(anchor);

describe('an anchor', () => {
  it('is one line of JSON that can be read again', () => {
    expect(line).toBe(
      `{"log_id":"${anchor.logId}","position":"1234","hash_version":2,"chain_hash":"${anchor.chainHash}","recorded_at":"${anchor.recordedAt}"}`,
    );
    expect(parseAnchor(line)).toEqual(anchor);
  });

  it('is of the first way of hashing where it does not say of which', () => {
    expect(parseAnchor(line.replace('"hash_version":2,', ''))).toEqual({ ...anchor, hashVersion: 1 });
  });

  it.each([
    '',
    'null',
    '[]',
    '7',
    '{}',
    line.slice(0, -1),
    line.replace('"1234"', '1234'),
    line.replace('1234', '0'),
    line.replaceAll('ab', 'AB'),
    line.replace('version":2', 'version":"2"'),
  ])('is not %s', (text) => {
    expect(parseAnchor(text)).toBeUndefined();
  });
});
