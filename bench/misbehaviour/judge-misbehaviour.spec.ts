import { describe, expect, it } from '@jest/globals';
import { type Course, findFault, isCaughtByProbe } from './judge-misbehaviour.ts';

const good: Course = {
  behaviour: 'lies about its success',
  serviceId: 's',
  expected: 'escalated',
  withinSeconds: 60,
  endings: ['escalated'],
  seconds: 12,
  commands: 1,
  effects: 1,
  verdicts: ['probe:status-503'],
};

describe('the course of an incident', () => {
  it.each<[string, Partial<Course>, string | undefined]>([
    ['as it must be', {}, undefined],
    ['without any effect', { effects: 0 }, undefined],
    ['with two effects of one command', { effects: 2 }, '2 effects'],
    ['that never was', { endings: [], seconds: undefined }, 'no incident'],
    ['that is still open', { endings: ['open'], seconds: undefined }, 'open'],
    ['that ended otherwise', { endings: ['resolved'] }, 'not escalated'],
    ['that ended well and then otherwise', { endings: ['escalated', 'resolved'] }, 'not escalated'],
    ['that took too long', { seconds: 61 }, 'not within'],
    ['in which nobody was commanded', { commands: 0, effects: 0 }, 'nothing was commanded'],
  ])('is judged: %s', (_what, over, fault) => {
    const found = findFault({ ...good, ...over });
    if (fault === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(fault);
  });

  it('shows a lie that was caught by a probe, and one that was told', () => {
    const verdicts = [['probe:status-503'], ['reported-again'], []];
    expect(verdicts.map((reasons) => isCaughtByProbe({ ...good, verdicts: reasons }))).toEqual([true, false, false]);
  });
});
