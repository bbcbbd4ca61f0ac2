import { describe, expect, it } from '@jest/globals';
import { countUtf8Bytes, MAX_ITEM_BYTES } from '#libs/contracts';
import { shortenJson } from './shorten-json.ts';

const sizeOf = (value: object): number => countUtf8Bytes(JSON.stringify(value));

describe('shortening what an agent says', () => {
  it('leaves what fits as it is', () => {
    const value = { message: 'answered 500', lines: ['a', 'b'] };
    expect(shortenJson(value, 1_000)).toBe(value);
  });

  it('keeps every member and the last lines of a log', () => {
    const lines = Array.from({ length: 10_000 }, (_, i) => `${i} ${'€'.repeat(100)}`);
    const shortened = shortenJson({ reason: 'exited', pid: 7, lines }, MAX_ITEM_BYTES);
    expect(sizeOf(shortened)).toBeLessThanOrEqual(MAX_ITEM_BYTES);
    expect(shortened).toMatchObject({ reason: 'exited', pid: 7 });
    expect((shortened['lines'] as string[]).at(-1)).toBe(lines.at(-1));
    expect((shortened['lines'] as string[]).length).toBeGreaterThan(1_000);
  });

  it('cuts no character in two', () => {
    const shortened = shortenJson({ text: `x${'\u{1f600}'.repeat(500_000)}` }, 50_000);
    expect(sizeOf(shortened)).toBeLessThanOrEqual(50_000);
    expect(shortened['text']).not.toMatch(/\p{Surrogate}/u);
    expect(shortened['text']).toMatch(/\[cut\]$/);
  });

  it('comes to an end whatever it is given', () => {
    const names = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`${i}${'n'.repeat(5_000)}`, i]));
    expect(sizeOf(shortenJson(names, 20_000))).toBeLessThanOrEqual(20_000);
  });
});
