import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { signingBytes } from './signing-bytes.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('the bytes that are signed', () => {
  it('are the subject, a line feed and the body', () => {
    expect(new TextDecoder().decode(signingBytes(encode('zt.main.control'), encode('{"v":1}')))).toBe('zt.main.control\n{"v":1}');
  });

  it('differ for any two messages whose subjects hold no line feed', () => {
    const subject = fc.stringMatching(/^[a-z.]{1,20}$/);
    fc.assert(
      fc.property(subject, fc.string(), subject, fc.string(), (subjectA, bodyA, subjectB, bodyB) => {
        const isSame = Buffer.compare(
          signingBytes(encode(subjectA), encode(bodyA)),
          signingBytes(encode(subjectB), encode(bodyB)),
        );
        expect(isSame === 0).toBe(subjectA === subjectB && bodyA === bodyB);
      }),
    );
  });

  it('are of any length', () => {
    expect(signingBytes(new Uint8Array(), new Uint8Array())).toEqual(new Uint8Array([0x0a]));
    expect(signingBytes(new Uint8Array(3), new Uint8Array(100_000)).length).toBe(100_004);
  });
});
