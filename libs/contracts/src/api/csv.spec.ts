import { describe, expect, it } from '@jest/globals';
import { toCsvCell } from './csv.ts';

describe('a cell of CSV', () => {
  it.each([
    ['=1+1', "'=1+1"],
    ['+cmd', "'+cmd"],
    ['-2', "'-2"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "' =1"],
    ['\r=1', "' =1"],
    ['\u200b=1+1', "'=1+1"],
    ['\u0001=1+1', "'=1+1"],
    ['\u001b[0m=1+1', "'=1+1"],
    ['=HYPERLINK("x","y")', `"'=HYPERLINK(""x"",""y"")"`],
  ])('makes a formula harmless: %j', (text, cell) => {
    expect(toCsvCell(text)).toBe(cell);
  });

  it('quotes what has commas or quotes, and keeps numbers', () => {
    expect(toCsvCell('a,b')).toBe('"a,b"');
    expect(toCsvCell('say "x"')).toBe('"say ""x"""');
    expect(toCsvCell(-2)).toBe('-2');
    expect(toCsvCell(null)).toBe('');
    expect(toCsvCell([1, 'a'])).toBe('"[1,""a""]"');
    expect(toCsvCell(new Date(0))).toBe('1970-01-01T00:00:00.000Z');
  });
});
