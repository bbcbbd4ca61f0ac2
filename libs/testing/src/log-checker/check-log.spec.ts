import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkLog, LogChecker } from './check-log.ts';
import { describeViolations } from './violation.ts';
import { HEALED_STORY, tell } from './story-builder.ts';

const SOUND = tell(HEALED_STORY);
const anyIndex = fc.nat({ max: SOUND.records.length - 1 });

describe('the checker', () => {
  it('finds nothing in a log that is in order, or empty', () => {
    expect(describeViolations(checkLog(SOUND))).toBe('');
    expect(checkLog({ ...tell([]), head: { position: 0, chainHash: '00'.repeat(32) } })).toEqual([]);
  });

  it('comes to the same end, however the log is cut into pages', () => {
    const { records, chain } = tell([...HEALED_STORY, ...HEALED_STORY]);
    const whole = checkLog({ ...SOUND, records, chain });
    expect(whole.length).toBeGreaterThan(10);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: records.length }), (size) => {
        const checker = new LogChecker(SOUND);
        for (let first = 0; first < records.length; first += size)
          checker.take({ records: records.slice(first, first + size), chain: chain.slice(first, first + size) });
        expect(
          checker
            .finish()
            .map(({ sentence }) => sentence)
            .toSorted(),
        ).toEqual(whole.map(({ sentence }) => sentence).toSorted());
      }),
    );
  });

  it('finds any event that is taken out', () => {
    fc.assert(
      fc.property(anyIndex, (index) => {
        const codes = checkLog({ ...SOUND, records: SOUND.records.toSpliced(index, 1) }).map(({ code }) => code);
        expect(codes).toEqual(expect.arrayContaining(['position-gap', 'version-gap', 'chain-broken']));
      }),
    );
  });

  it('finds any event that says something else than when it was stored', () => {
    const change = fc.constantFrom('stream', 'id', 'type', 'payload', 'metadata');
    fc.assert(
      fc.property(anyIndex, change, (index, member) => {
        const records = SOUND.records.map((record, at) =>
          at === index ? { ...record, [member]: member === 'payload' ? `${record.payload} ` : `${record[member]}x` } : record,
        );
        const found = checkLog({ ...SOUND, records });
        expect(found).toContainEqual(expect.objectContaining({ code: 'chain-broken', positions: [index + 1] }));
      }),
    );
  });

  it('finds an event that was moved to another time or place', () => {
    const moved = SOUND.records.with(13, { ...SOUND.records[13], recordedAtMs: 0 } as (typeof SOUND.records)[0]);
    expect(checkLog({ ...SOUND, records: moved })).toMatchObject([
      { code: 'time-order', positions: [14] },
      { code: 'chain-broken', positions: [14] },
    ]);
  });
});
