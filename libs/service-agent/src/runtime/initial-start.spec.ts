import { describe, expect, it } from '@jest/globals';
import { decideInitialStep, type InitialSituation } from './initial-start.ts';

const neverStarted: InitialSituation = {
  startOnBoot: true,
  isRunning: false,
  wasStarted: false,
  isSameSpec: false,
  isSameEpoch: false,
  hasUnfinishedCommand: false,
};
const endedUnseen = { ...neverStarted, wasStarted: true, isSameSpec: true, isSameEpoch: true };

describe('decideInitialStep', () => {
  it.each<[string, Partial<InitialSituation>, string]>([
    ['starts what was never started', neverStarted, 'start'],
    ['starts nothing that is not to be started', { startOnBoot: false }, 'wait-for-command'],
    ['adopts what runs', { isRunning: true, wasStarted: true, isSameSpec: true, isSameEpoch: true }, 'adopt'],
    ['adopts what runs by another configuration', { isRunning: true, wasStarted: true, isSameEpoch: true }, 'adopt'],
    ['adopts it when it is not to be started', { isRunning: true, wasStarted: true, startOnBoot: false }, 'adopt'],
    ['waits for a command when it ended unseen', endedUnseen, 'wait-for-command'],
    ['starts it after a restart of the machine', { ...endedUnseen, isSameEpoch: false }, 'start'],
    ['starts it with a new configuration', { ...endedUnseen, isSameSpec: false }, 'start'],
    [
      'finishes no command that was cut off',
      { ...endedUnseen, isSameEpoch: false, hasUnfinishedCommand: true },
      'wait-for-command',
    ],
  ])('%s', (_, situation, step) => {
    expect(decideInitialStep({ ...neverStarted, ...situation })).toBe(step);
  });
});
