import { describe, expect, it } from '@jest/globals';
import { findLastMoment, tellErrorType, tellSymptom } from './incident-words.ts';

const [OPENED, ENDED] = ['2026-10-01T03:00:00.000Z', '2026-10-01T06:00:00.000Z'];

describe('the words of an incident in a list', () => {
  it('say when it ended where it has, and otherwise that it is about its beginning', () => {
    expect(findLastMoment({ opened_at: OPENED, ended_at: ENDED })).toEqual({ what: 'ended', at: ENDED });
    expect(findLastMoment({ opened_at: OPENED, ended_at: null })).toEqual({ what: 'opened', at: OPENED });
  });

  it('let a code that they do not know speak for itself, harmlessly', () => {
    expect([tellSymptom('service-down'), tellErrorType('health')]).toEqual(['service down', 'health check']);
    expect([tellSymptom('moon\u202Ephase'), tellErrorType('constructor')]).toEqual(['moonphase', 'constructor']);
  });
});
