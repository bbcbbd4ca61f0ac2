import { describe, expect, it } from '@jest/globals';
import { compareOutcomes } from './read-outcome.ts';

describe('two outcomes', () => {
  it('are the same in any order', () => {
    expect(compareOutcomes({ errors: ['a', 'b'] }, { errors: ['b', 'a'] })).toEqual({ errors: [] });
  });

  it.each([
    ['has one line less', ['a', 'b'], ['a'], ['only when clean: b']],
    ['has a line twice', ['a'], ['a', 'a'], ['only when repeated: a']],
    ['has another line', ['a'], ['b'], ['only when clean: a', 'only when repeated: b']],
  ])('differ where one of them %s', (_what, clean, repeated, expected) => {
    expect(compareOutcomes({ errors: clean }, { errors: repeated })).toEqual({ errors: expected });
  });

  it('differ where one of them lacks an answer', () => {
    expect(compareOutcomes({ errors: ['a'] }, {})).toEqual({ errors: ['only when clean: a'] });
  });
});
