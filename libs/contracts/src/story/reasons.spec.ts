import { describe, expect, it } from '@jest/globals';
import { FAILURE_CODES, REFUSAL_CODES } from '../reason-codes.ts';
import { explainReason } from './reasons.ts';

describe('a reason in words', () => {
  it.each([...REFUSAL_CODES, ...FAILURE_CODES])('has words for what agents say: %s', (code) => {
    expect(explainReason(code)).toMatch(new RegExp(String.raw`^\w.* \[${code}\]$`));
  });

  it.each([
    ['no-owner', 'no agent answers for the service, so nobody could be told [no-owner]'],
    ['autonomy:autonomy-is-off', 'nothing may be done to the service by itself [autonomy:autonomy-is-off]'],
    ['refused-by-agent:unknown', 'the agent refused: nobody said why [refused-by-agent:unknown]'],
    ['probe:status-503', 'probes fail: status-503'],
    ['disk-on-fire', 'disk-on-fire'],
    ['constructor', 'constructor'],
  ])('explains %s', (code, words) => {
    expect(explainReason(code)).toBe(words);
  });
});
