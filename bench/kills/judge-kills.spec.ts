import { describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import type { LedgerEntry } from './append-ledger.ts';
import type { SeenEvent } from './follow-ledger.ts';
import { judgeKills, type KillFindings, type StoredRow } from './judge-kills.ts';

const NOTHING: KillFindings = { missing: 0, doubled: 0, invented: 0, disordered: 0, skipped: 0, inverted: 0 };

/** Three requests of two events each, on two streams; the last one was never acknowledged. */
function buildRun(): { rows: StoredRow[]; sent: LedgerEntry[]; pages: SeenEvent[][] } {
  const rows: StoredRow[] = [];
  const sent: LedgerEntry[] = [];
  for (const [index, stream] of ['a', 'b', 'a'].entries()) {
    const entry = { name: `r${index}`, stream, isKeyed: true, eventIds: [uuidv7(), uuidv7()] };
    const firstPosition = index * 2 + 1;
    for (const [offset, id] of entry.eventIds.entries()) {
      rows.push({ position: firstPosition + offset, stream, version: (index === 2 ? 3 : 1) + offset, id });
    }
    sent.push(index === 2 ? entry : { ...entry, answer: { firstPosition, lastPosition: firstPosition + 1 } });
  }
  const seen = rows.map(({ position, id }) => ({ position, id }));
  return { rows, sent, pages: [seen.slice(0, 3), seen.slice(2, 4), seen.slice(4)] };
}

describe('the judge of kills', () => {
  it('finds nothing in a good run, in which the follower saw a page again', () => {
    const { rows, sent, pages } = buildRun();
    expect(judgeKills(rows, sent, pages)).toEqual(NOTHING);
  });

  it('takes what was never acknowledged as stored or not', () => {
    const { rows, sent, pages } = buildRun();
    expect(judgeKills(rows.slice(0, 4), sent, pages.slice(0, 2))).toEqual(NOTHING);
  });

  it('finds an acknowledged request that is not there', () => {
    const { rows, sent, pages } = buildRun();
    expect(judgeKills([...rows.slice(0, 2), ...rows.slice(4)], sent, pages)).toMatchObject({ missing: 1 });
  });

  it('finds half a request', () => {
    const { rows, sent, pages } = buildRun();
    const larger = sent.map((entry, index) => (index === 0 ? { ...entry, eventIds: [...entry.eventIds, uuidv7()] } : entry));
    expect(judgeKills(rows, larger, pages)).toMatchObject({ missing: 1, invented: 0 });
  });

  it('finds an event that is there twice, and one that nobody sent', () => {
    const { rows, sent, pages } = buildRun();
    const again = { position: 7, stream: 'b', version: 3, id: rows[2]?.id ?? '' };
    expect(judgeKills([...rows, again], sent, pages)).toMatchObject({ doubled: 1, invented: 0 });
    expect(judgeKills([...rows, { ...again, id: 'nobody' }], sent, pages)).toMatchObject({ doubled: 0, invented: 1 });
  });

  it.each([
    ['a position', { position: 8 }],
    ['a version', { version: 9 }],
  ])('finds %s that is left out', (_what, change) => {
    const { rows, sent, pages } = buildRun();
    const changed = rows.map((row, index) => (index === 5 ? { ...row, ...change } : row));
    expect(judgeKills(changed, sent, pages)).toMatchObject({ disordered: 1 });
  });

  it('finds what the follower left out, in the middle and at the end', () => {
    const { rows, sent, pages } = buildRun();
    expect(judgeKills(rows, sent, [pages[0] ?? [], pages[2] ?? []])).toMatchObject({ skipped: 1, inverted: 0 });
    expect(judgeKills(rows, sent, pages.slice(0, 2))).toMatchObject({ skipped: 2, inverted: 0 });
  });

  it('finds what the follower saw in another order, or as something else', () => {
    const { rows, sent, pages } = buildRun();
    expect(judgeKills(rows, sent, [pages[0]?.toReversed() ?? [], ...pages.slice(1)])).not.toEqual(NOTHING);
    const wrong = pages.map((page) => page.map((event) => (event.position === 2 ? { ...event, id: 'else' } : event)));
    expect(judgeKills(rows, sent, wrong)).toMatchObject({ inverted: 1 });
  });
});
