import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { countUtf8Bytes, MAX_ITEM_BYTES, MAX_MESSAGE_BYTES } from './message-size.ts';

const anyText = fc.string({ unit: fc.constantFrom('a', '\0', 'é', '€', '\ud83d', '\ude00', '\u{1f600}', '\uffff') });

describe('counting bytes in UTF-8', () => {
  it('counts what an encoder writes', () => {
    fc.assert(fc.property(anyText, (text) => countUtf8Bytes(text) === new TextEncoder().encode(text).length));
  });

  it('leaves room for headers and envelope around an item of the greatest size', () => {
    const envelope = JSON.stringify({ v: 1, agent_id: 'a'.repeat(63), release: '\u0001'.repeat(200), items: [] });
    expect(MAX_ITEM_BYTES + countUtf8Bytes(envelope)).toBeLessThan(MAX_MESSAGE_BYTES - 1_000);
  });
});
