import { describe, expect, it } from '@jest/globals';
import type { GetSubject } from './event-store-subject.ts';

export function describeCheckpoints(getSubject: GetSubject): void {
  describe('checkpoints', () => {
    it('start at 0 and move forward', async () => {
      const { checkpoints } = getSubject();
      expect(await checkpoints.load('moving')).toBe(0);
      expect(await checkpoints.advance('moving', 0, 5)).toBe(true);
      expect(await checkpoints.advance('moving', 5, 9)).toBe(true);
      expect(await checkpoints.load('moving')).toBe(9);
    });

    it('are known of every reader that has moved', async () => {
      const { checkpoints } = getSubject();
      await checkpoints.advance('listed-1', 0, 5);
      await checkpoints.advance('listed-2', 0, 7);
      await checkpoints.advance('listed-2', 7, 8);
      const all = await checkpoints.loadAll();
      expect(['listed-1', 'listed-2', 'listed-3'].map((name) => all.get(name))).toEqual([5, 8, undefined]);
    });

    it('stay when somebody else moved them', async () => {
      const { checkpoints } = getSubject();
      await checkpoints.advance('contended', 0, 5);
      expect(await checkpoints.advance('contended', 0, 6)).toBe(false);
      expect(await checkpoints.advance('contended', 4, 6)).toBe(false);
      expect(await checkpoints.advance('contended-absent', 4, 6)).toBe(false);
      expect(await checkpoints.load('contended')).toBe(5);
    });

    it('let exactly one of many move them', async () => {
      const { checkpoints } = getSubject();
      for (const [from, to] of [
        [0, 3],
        [3, 8],
      ] as const) {
        const moves = await Promise.all(Array.from({ length: 10 }, () => checkpoints.advance('raced', from, to)));
        expect(moves.filter(Boolean)).toHaveLength(1);
      }
    });

    it('refuse to go back or stand still', async () => {
      const { checkpoints } = getSubject();
      for (const to of [0, 4, 5, Number.NaN])
        await expect(checkpoints.advance('backwards', 5, to)).rejects.toMatchObject({ code: 'invalid-checkpoint-move' });
    });
  });
}
