import { describe, expect, it } from '@jest/globals';
import { DatabaseUnavailableError } from '../platform/database/database.errors.ts';
import { UnknownStrategyError } from './healing.errors.ts';
import { Poison } from './poison.ts';

const crash = new TypeError('undefined is not a function');

describe('what fails while it is handled', () => {
  it('is poison when it has crashed five times, and each counts for itself', () => {
    const poison = new Poison();
    expect(poison.isPoison('b', crash)).toBe(false);
    expect(Array.from({ length: 5 }, () => poison.isPoison('a', crash))).toEqual([false, false, false, false, true]);
    expect(poison.isPoison('b', crash)).toBe(false);
  });

  it('is poison at once when its error says so, and never when time will mend it', () => {
    const poison = new Poison();
    expect(poison.isPoison('a', new UnknownStrategyError('restart/nothing'))).toBe(true);
    const away = new DatabaseUnavailableError(new Error('away'));
    expect(Array.from({ length: 9 }, () => poison.isPoison('a', away))).not.toContain(true);
  });

  it('begins anew once it was handled', () => {
    const poison = new Poison();
    for (let n = 0; n < 4; n++) poison.isPoison('a', crash);
    poison.forget('a');
    expect(poison.isPoison('a', crash)).toBe(false);
  });
});
