import { describe, expect, it } from '@jest/globals';
import { buildAppend, expectAppended } from './event-builder.ts';
import type { GetSubject } from './event-store-subject.ts';

const HOUR_MS = 3_600_000;

export function describeClock(getSubject: GetSubject): void {
  describe('a clock that is set back', () => {
    it('never lets recorded times decrease', async () => {
      const subject = getSubject();
      const store = subject.open();
      await store.append(buildAppend('clock-1'));
      await subject.fallBehind(HOUR_MS);
      const { recordedAt: last } = await store.head();
      const { firstPosition, recordedAt } = expectAppended(await store.append(buildAppend('clock-1', 'any', 2)));
      expect(recordedAt).toEqual(last);
      const stored = await store.readAll({ after: firstPosition - 1, limit: 10 });
      expect(stored.map((event) => event.recordedAt)).toEqual([last, last]);
      expect((await store.head()).recordedAt).toEqual(last);
    });
  });
}
