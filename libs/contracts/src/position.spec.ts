import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { InvalidPositionError } from './contracts.errors.ts';
import { formatPosition, parsePosition } from './position.ts';

describe('a position', () => {
  it('is read back as it was written', () => {
    fc.assert(fc.property(fc.maxSafeNat(), (position) => parsePosition(formatPosition(position)) === position));
  });

  it.each(['', '-1', '01', '1.5', '1e3', ' 1', '1\n', 'abc', '9007199254740993', '1'.repeat(17)])('is not %p', (text) => {
    expect(() => parsePosition(text)).toThrow(InvalidPositionError);
  });

  it('says in its error what to send instead, and not more of the text than is needed', () => {
    const fail = (): unknown => parsePosition('x'.repeat(500));
    expect(fail).toThrow(expect.objectContaining({ code: 'invalid-position', retryable: false }));
    expect(fail).toThrow(expect.objectContaining({ message: expect.not.stringContaining('x'.repeat(41)) }));
  });
});
