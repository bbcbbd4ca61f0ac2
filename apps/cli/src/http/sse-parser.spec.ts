import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SseParser } from './sse-parser.ts';

const TEXT = ': connected\n\nevent: log\r\nid: 7\r\ndata: {"a":1}\r\n\r\nid: 8\rdata: one\rdata:two\r\rdata: rest';
const FRAMES = [
  { event: 'log', id: '7', data: '{"a":1}' },
  { event: 'message', id: '8', data: 'one\ntwo' },
];

describe('SseParser', () => {
  it('reads every way of ending a line, and drops what was cut off', () => {
    expect(new SseParser().push(TEXT)).toEqual(FRAMES);
  });

  it('reads the same frames from any pieces', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(TEXT.length)), (cuts) => {
        const parser = new SseParser();
        const bounds = [0, ...cuts.toSorted((a, b) => a - b), TEXT.length];
        const pieces = bounds.map((from, index) => TEXT.slice(from, bounds[index + 1] ?? TEXT.length));
        expect(pieces.flatMap((piece) => parser.push(piece))).toEqual(FRAMES);
      }),
    );
  });

  it('gives out nothing for comments and frames without data', () => {
    expect(new SseParser().push(': \n\nevent: log\nid: 3\n\n')).toEqual([]);
  });
});
