import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { takeTurns } from './take-turns.ts';

const turns = (things: readonly string[]): string[] => takeTurns(things, ([source = '']) => source);

const anyThings = fc.array(fc.constantFrom('a', 'b', 'c')).map((sources) => sources.map((source, index) => `${source}${index}`));

describe('taking turns', () => {
  it('lets who sends little not wait for who sends much', () => {
    expect(turns(['a1', 'a2', 'a3', 'b1', 'a4', 'c1', 'b2'])).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4']);
  });

  it('loses nothing, and keeps the order of each source', () => {
    fc.assert(
      fc.property(anyThings, (things) => {
        const taken = turns(things);
        expect(taken.toSorted()).toEqual(things.toSorted());
        for (const source of 'abc') {
          const of = (all: readonly string[]): string[] => all.filter((thing) => thing.startsWith(source));
          expect(of(taken)).toEqual(of(things));
        }
      }),
    );
  });

  it('has nobody wait for more than one thing of each other source', () => {
    fc.assert(
      fc.property(anyThings, (things) => {
        const taken = turns(things);
        for (const source of new Set(things.map(([first = '']) => first)))
          expect(taken.findIndex((thing) => thing.startsWith(source))).toBeLessThan(new Set(things.map(([first]) => first)).size);
      }),
    );
  });
});
