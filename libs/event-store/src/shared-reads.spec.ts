import { describe, expect, it } from '@jest/globals';
import { SharedReads } from './shared-reads.ts';

describe('reads that are shared', () => {
  it('that come together share one query, and each gets its own answer', async () => {
    const queries: (readonly string[])[] = [];
    const reads = new SharedReads<string, string>(async (wanted) => {
      queries.push(wanted);
      return wanted.map((name) => `all of ${name}`);
    });
    const answers = await Promise.all(['a', 'b', 'c'].map((name) => reads.read(name)));
    expect(answers).toEqual(['all of a', 'all of b', 'all of c']);
    expect(queries).toEqual([['a', 'b', 'c']]);
  });

  it('that come later are answered by a query that begins later', async () => {
    const begun: (readonly string[])[] = [];
    const reads = new SharedReads<string, string>(async (wanted) => {
      begun.push(wanted);
      return wanted;
    });
    await reads.read('a');
    await reads.read('a');
    expect(begun).toEqual([['a'], ['a']]);
  });

  it('fail alone where one of them can not be read', async () => {
    const reads = new SharedReads<string, string>(async (wanted) =>
      wanted.map((name) => (name === 'bad' ? new Error('a gap') : name)),
    );
    const [good, bad] = await Promise.allSettled(['good', 'bad'].map((name) => reads.read(name)));
    expect([good?.status, bad?.status]).toEqual(['fulfilled', 'rejected']);
  });

  it('fail together where the database is away, and later ones go on', async () => {
    let isAway = true;
    const reads = new SharedReads<string, string>(async (wanted) => {
      if (isAway) throw new Error('away');
      return wanted;
    });
    const failed = await Promise.allSettled(['a', 'b'].map((name) => reads.read(name)));
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    isAway = false;
    expect(await reads.read('a')).toBe('a');
  });

  it('fail where there are fewer answers than questions', async () => {
    await expect(new SharedReads<string, string>(async () => []).read('a')).rejects.toThrow(RangeError);
  });
});
