import { describe, expect, it } from '@jest/globals';
import { LeftOver } from './left-over.ts';

const HEAD_START_MS = 2_000;

describe('what is left of read models by the orchestrator that goes first', () => {
  it('is all of it where nobody goes first, without a look', async () => {
    const leftOver = new LeftOver(() => Promise.reject(new Error('it looked')));
    expect(await leftOver.isOurs(0)).toBe(true);
  });

  it.each([
    ['nothing while they are up', [{ state: 'live' as const, lagMs: 1_999 }], false],
    ['all that stands still', [{ state: 'live' as const, lagMs: 2_001 }], true],
    ['nothing of tables that nobody reads yet', [{ state: 'building' as const, lagMs: 60_000 }], false],
  ])('is %s', async (_, status, isOurs) => {
    const leftOver = new LeftOver(() => Promise.resolve(status));
    expect(await leftOver.isOurs(HEAD_START_MS)).toBe(isOurs);
  });

  it('is looked for once a second', async () => {
    let looks = 0;
    const leftOver = new LeftOver(() => {
      looks += 1;
      return Promise.resolve([{ state: 'live', lagMs: 5_000 }]);
    });
    expect([await leftOver.isOurs(HEAD_START_MS), await leftOver.isOurs(HEAD_START_MS), looks]).toEqual([true, false, 1]);
  });
});
