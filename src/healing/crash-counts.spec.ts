import { describe, expect, it } from '@jest/globals';
import { DatabaseUnavailableError } from '../platform/database/database.errors.ts';
import { UnknownStrategyError } from './healing.errors.ts';
import { CrashCounts } from './crash-counts.ts';

const crash = new TypeError('undefined is not a function');

describe('what fails while it is handled', () => {
  it('is hopeless when it has crashed five times, and each counts for itself', () => {
    const crashes = new CrashCounts();
    expect(crashes.isHopeless('b', crash)).toBe(false);
    expect(Array.from({ length: 5 }, () => crashes.isHopeless('a', crash))).toEqual([false, false, false, false, true]);
    expect(crashes.isHopeless('b', crash)).toBe(false);
  });

  it('is hopeless at once when its error says so, and never when time will mend it', () => {
    const crashes = new CrashCounts();
    expect(crashes.isHopeless('a', new UnknownStrategyError('restart/nothing'))).toBe(true);
    const away = new DatabaseUnavailableError(new Error('away'));
    expect(Array.from({ length: 9 }, () => crashes.isHopeless('a', away))).not.toContain(true);
  });

  it('begins anew once it was handled', () => {
    const crashes = new CrashCounts();
    for (let n = 0; n < 4; n++) crashes.isHopeless('a', crash);
    crashes.forget('a');
    expect(crashes.isHopeless('a', crash)).toBe(false);
  });
});
