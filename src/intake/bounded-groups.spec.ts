import { describe, expect, it } from '@jest/globals';
import { type Load, toGroups } from './bounded-groups.ts';

const limit = { events: 10, bytes: 100 };
const group = (...items: [events: number, bytes: number][]): number[] =>
  [
    ...toGroups(
      items.map(([events, bytes]) => ({ events, bytes })),
      limit,
    ),
  ].map(({ length }) => length);

describe('toGroups', () => {
  it('cuts where the next item would be too much', () => {
    expect(group([5, 1], [5, 1], [1, 1])).toEqual([2, 1]);
    expect(group([1, 50], [1, 50], [1, 1])).toEqual([2, 1]);
  });

  it('gives a group of its own to what is too much by itself', () => {
    expect(group([1, 1], [11, 1], [1, 1], [1, 101])).toEqual([1, 1, 1, 1]);
  });

  it('makes no group of nothing', () => {
    expect(group()).toEqual([]);
  });

  it('asks for nothing of a group before the one before it is done', () => {
    let asked = 0;
    function* ask(): Generator<Load> {
      for (; asked < 100; asked++) yield { events: 5, bytes: 1 };
    }
    const groups = toGroups(ask(), limit);
    expect(groups.next().value).toHaveLength(2);
    expect(asked).toBe(2);
  });
});
