import { describe, expect, it } from '@jest/globals';
import { atLeast, atMost, exactly, measured } from './figure.ts';

const time = { name: 'healed', unit: 's' };

describe('a figure', () => {
  it('holds up to its bar and not beyond', () => {
    expect(atMost(time, 1.5, 1.5)).toEqual({ ...time, value: 1.5, reach: 'at most 1.5', holds: true });
    expect(atMost(time, 1.51, 1.5).holds).toBe(false);
    expect([atLeast(time, 2, 2).holds, atLeast(time, 1, 2).holds]).toEqual([true, false]);
    expect([exactly(time, 0, 0).holds, exactly(time, 1, 0).holds]).toEqual([true, false]);
  });

  it.each([undefined, Number.NaN, Infinity])('that could not be measured (%s) is a failure', (value) => {
    for (const figure of [atMost(time, value, 9), atLeast(time, value, 0), exactly(time, value, 0), measured(time, value)]) {
      expect(figure).toMatchObject({ value: null, holds: false });
    }
  });

  it('without a bar holds once it is measured', () => {
    expect(measured(time, 7)).toEqual({ ...time, value: 7, reach: 'measured', holds: true });
  });
});
