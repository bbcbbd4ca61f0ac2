import { describe, expect, it } from '@jest/globals';
import { ZantaraError } from '#libs/contracts';
import { BrokerUnavailableError, InvalidMessageError } from './messaging.errors.ts';
import { ack, areSettlements, deadLetter, decideAfterFailure, isCrash, MAX_CRASHES, retryLater } from './settlement.ts';

const rejected = new ZantaraError('no', { code: 'no', kind: 'rejected', remediation: 'none' });
const alone = (crashes: number): { size: number; crashes: number } => ({ size: 1, crashes });

describe('decideAfterFailure', () => {
  it('holds one message or many while a dependency is away, however often it fails', () => {
    const away = new BrokerUnavailableError('gone');
    expect(decideAfterFailure(away, alone(0))).toEqual({ action: 'hold' });
    expect(decideAfterFailure(away, { size: 100, crashes: 99 })).toEqual({ action: 'hold' });
  });

  it('looks for the culprit in a batch before it blames anyone', () => {
    expect(decideAfterFailure(new Error('crash'), { size: 2, crashes: 0 })).toEqual({ action: 'split' });
    expect(decideAfterFailure(new InvalidMessageError('bad', 'bad'), { size: 2, crashes: 0 })).toEqual({ action: 'split' });
  });

  it('gives an invalid message up at once, with its reason', () => {
    expect(decideAfterFailure(new InvalidMessageError('not-json', 'no JSON'), alone(0))).toEqual(
      deadLetter('not-json', 'no JSON'),
    );
  });

  it('gives a message up when the handler crashed on it five times, and not before', () => {
    for (let crashes = 1; crashes < MAX_CRASHES; crashes++) {
      expect(decideAfterFailure(new Error('boom'), alone(crashes)).action).toBe('retry');
    }
    expect(decideAfterFailure(new Error('boom'), alone(5))).toEqual(deadLetter('handler-crashed', 'Error: boom'));
  });

  it('waits longer after each crash', () => {
    const delays = [1, 2, 3, 4].map((crashes) => decideAfterFailure(new Error('boom'), alone(crashes)));
    expect(delays).toEqual([100, 300, 1_000, 3_000].map(retryLater));
  });

  it('takes something that is no error for a crash', () => {
    expect(decideAfterFailure('a string', alone(5))).toEqual(deadLetter('handler-crashed', 'a string'));
  });
});

describe('isCrash', () => {
  it('counts what nobody foresaw and not what was said to be invalid or unavailable', () => {
    expect([new Error('x'), 'x', rejected].map(isCrash)).toEqual([true, true, true]);
    expect([new InvalidMessageError('x', 'x'), new BrokerUnavailableError('x')].map(isCrash)).toEqual([false, false]);
  });
});

describe('areSettlements', () => {
  it('wants one known settlement for each message', () => {
    expect(areSettlements([ack(), retryLater(1)], 2)).toBe(true);
    expect(areSettlements([ack()], 2)).toBe(false);
    expect(areSettlements([{ action: 'forget' }], 1)).toBe(false);
    expect(areSettlements([null], 1)).toBe(false);
    expect(areSettlements(undefined, 0)).toBe(false);
  });
});
