import { describe, expect, it } from '@jest/globals';
import { judgeTold } from './told-escalations.ts';

const [RAISED, CLOSED, JOINED] = ['EscalationRaised', 'EscalationClosed', 'EscalationJoined'];
const [STARTED, SENT, FAILED, GIVEN_UP] = [
  'NotificationStarted',
  'NotificationSent',
  'NotificationFailed',
  'NotificationGivenUp',
];

/** What is found when the log says so of one escalation. */
const judge = (heard: boolean, ...types: readonly string[]): string[] =>
  judgeTold(
    types.map((type) => ({ id: 'e', type })),
    new Set(heard ? ['e'] : []),
  ).map(({ sentence }) => sentence);

const UNTOLD = ['e was raised, and nobody was told'];
const UNKNOWN = ['e was raised, and nothing is stored of what came of telling it'];

describe('what is asked of those who tell of escalations', () => {
  it('is done where somebody heard of each, also after attempts that came to nothing', () => {
    expect(judge(true, RAISED, STARTED, SENT)).toEqual([]);
    expect(judge(true, RAISED, STARTED, FAILED, STARTED, SENT, CLOSED)).toEqual([]);
  });

  it('is nothing where it was over before anybody was called', () => {
    expect(judge(false, RAISED, CLOSED)).toEqual([]);
    expect(judge(false, RAISED, CLOSED, JOINED)).toEqual(UNTOLD);
  });

  it('is not done where an attempt got lost, or only the log says that somebody was told', () => {
    expect(judge(false, RAISED, STARTED)).toEqual(UNTOLD);
    expect(judge(false, RAISED, STARTED, CLOSED)).toEqual(UNTOLD);
    expect(judge(false, RAISED, STARTED, SENT)).toEqual(UNTOLD);
    expect(judge(false, RAISED, STARTED, GIVEN_UP)).toEqual(UNTOLD);
  });

  it('is not done where it is not stored that somebody was told', () => {
    expect(judge(true, RAISED, STARTED)).toEqual(UNKNOWN);
    expect(judge(true, RAISED, STARTED, SENT, STARTED)).toEqual(UNKNOWN);
  });
});
