import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FAILPOINT_ACTIONS, FAILPOINTS, parseFailpoints } from './failpoint-list.ts';

describe('the list of failpoints', () => {
  it('is read with the number of the time and the length of a pause', () => {
    expect(parseFailpoints(' log.committed=kill@3 , timer.due=pause(250),,intake.received=throw@2+')).toEqual([
      { name: 'log.committed', action: 'kill', ms: 1_000, from: 3, isRepeated: false },
      { name: 'timer.due', action: 'pause', ms: 250, from: 1, isRepeated: false },
      { name: 'intake.received', action: 'throw', ms: 1_000, from: 2, isRepeated: true },
    ]);
    expect(parseFailpoints('')).toEqual([]);
  });

  it.each([
    ['log.forgotten=kill', 'a failpoint is one of intake.received'],
    ['log.committed=explode', 'what happens is one of kill, throw'],
    ['log.committed', 'a failpoint is one of'],
    ['log.committed=kill@', 'a failpoint is one of'],
    ['log.committed=kill@0', 'the first time is 1'],
    ['log.committed=kill,log.committed=throw', 'log.committed stands there twice'],
  ])('refuses %s', (text, message) => {
    expect(() => parseFailpoints(text)).toThrow(message);
  });

  it('reads whatever can be written', () => {
    const anyBreak = fc.record({
      name: fc.constantFrom(...Object.keys(FAILPOINTS)),
      action: fc.constantFrom(...FAILPOINT_ACTIONS),
      ms: fc.nat({ max: 9_999_999 }),
      from: fc.integer({ min: 1, max: 9_999_999 }),
      isRepeated: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.uniqueArray(anyBreak, { selector: ({ name }) => name }), (breaks) => {
        const text = breaks.map(
          ({ name, action, ms, from, isRepeated }) => `${name}=${action}(${ms})@${from}${isRepeated ? '+' : ''}`,
        );
        expect(parseFailpoints(text.join())).toEqual(breaks);
      }),
    );
  });
});
