import { describe, expect, it } from '@jest/globals';
import { atMost, exactly } from './figure.ts';
import { readCount, UsageError } from './measurement.ts';
import { exitStatusOf } from './report.ts';

const good = exactly({ name: 'lost', unit: 'reports' }, 0, 0);

describe('the exit status of a measurement', () => {
  it('is 0 when all figures hold and 3 when one does not or could not be measured', () => {
    expect(exitStatusOf({ figures: [good] })).toBe(0);
    expect(exitStatusOf({ figures: [good, atMost({ name: 'healed', unit: 's' }, 13, 12)] })).toBe(3);
    expect(exitStatusOf({ figures: [good, atMost({ name: 'healed', unit: 's' }, undefined, 12)] })).toBe(3);
  });

  it('is 3 when nothing was measured at all', () => {
    expect(exitStatusOf({ figures: [] })).toBe(3);
  });
});

describe('readCount', () => {
  it('takes whole numbers above zero and nothing else', () => {
    expect([readCount({ rounds: '5' }, 'rounds', 1), readCount({}, 'rounds', 1)]).toEqual([5, 1]);
    for (const rounds of ['0', '-1', '1.5', 'many', '']) expect(() => readCount({ rounds }, 'rounds', 1)).toThrow(UsageError);
  });
});
