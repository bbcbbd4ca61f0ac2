import { describe, expect, it } from '@jest/globals';
import { judgeNonsense } from './buried-nonsense.ts';

const judge = (sent: string[], buried: string[]): string[] =>
  judgeNonsense(sent, buried).map(({ code, ids }) => `${code} ${ids.join()}`);

describe('nonsense', () => {
  it('is accounted for where each has one dead letter', () => {
    expect(judge(['a', 'b'], ['b', 'a'])).toEqual([]);
  });

  it('is told when it is lost, buried twice, or was sent by nobody', () => {
    expect(judge(['a', 'b'], ['a'])).toEqual(['report-lost b']);
    expect(judge(['a'], ['a', 'a'])).toEqual(['report-doubled a']);
    expect(judge(['a'], ['a', 'c'])).toEqual(['report-invented c']);
  });
});
