/** @machine alone */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { describeViolations } from '#libs/testing';
import { COPIES, type RepetitionRun, runRepetition } from './run-repetition.ts';

describe(`a history told ${COPIES} times, shuffled and late`, () => {
  let run: RepetitionRun;
  beforeAll(async () => {
    run = await runRepetition({ services: 12, agents: 3, seed: 3 });
  }, 600_000);

  it('comes to the same reports, commands, ends and read models as told once', () => {
    expect(Object.values(run.differences).flat()).toEqual([]);
  });

  it('breaks no law and buries nothing', () => {
    expect(describeViolations(run.violations)).toBe('');
    expect(run.repeated['dead letters']).toEqual([]);
  });

  it('has every kind of end, and was really repeated', () => {
    expect(run.clean['incidents']).toHaveLength(12);
    const states = new Set(run.clean['incident counts']?.map((line) => (JSON.parse(line) as { state: string }).state));
    expect(states).toEqual(new Set(['resolved', 'escalated']));
    expect(run.relayed).toMatchObject({ delivered: COPIES * run.relayed.touched, lost: 0 });
    expect(run.relayed.touched).toBeGreaterThan(100);
  });
});
