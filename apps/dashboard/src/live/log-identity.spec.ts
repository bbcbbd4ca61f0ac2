import { describe, expect, it } from '@jest/globals';
import { LogIdentity } from './log-identity.ts';

/** One that has met the log `a`, and how often it began anew since. */
function met(): { identity: LogIdentity; changes: () => number } {
  const identity = new LogIdentity();
  identity.meet('a');
  let changes = 0;
  identity.onChange(() => (changes += 1));
  return { identity, changes: () => changes };
}

describe('which log the page shows', () => {
  it('is the first that it meets, and stays so', () => {
    const { identity, changes } = met();
    expect(identity.meet('a')).toBe(true);
    expect(changes()).toBe(0);
  });

  it('is another one as soon as anything says so, once', () => {
    const { identity, changes } = met();
    expect(identity.meet('b')).toBe(false);
    expect(identity.meet('b')).toBe(true);
    expect(changes()).toBe(1);
  });

  it('is not the old one again because of an answer that was under way', () => {
    const { identity, changes } = met();
    const askedIn = identity.generation;
    identity.meet('b');
    expect(identity.meet('a', askedIn)).toBe(false);
    expect(identity.meet('b')).toBe(true);
    expect(changes()).toBe(1);
  });

  it('tells those who left nothing', () => {
    const { identity } = met();
    const leave = identity.onChange(() => {
      throw new Error('told');
    });
    leave();
    expect(identity.meet('b')).toBe(false);
  });
});
