import { describe, expect, it } from '@jest/globals';
import { toCsvHeader, toCsvRow } from './csv.ts';

describe('csv', () => {
  it('writes one line per item, whatever is in it', () => {
    const columns = [
      { name: 'a', raw: (item: { a: string }) => item.a },
      { name: 'b', raw: () => 1 },
    ];
    expect(toCsvHeader(columns)).toBe('a,b');
    expect(toCsvRow({ a: 'x\ny' }, columns)).toBe('x y,1');
  });
});
