import { describe, expect, it } from '@jest/globals';
import { describeViolations } from '#libs/testing';
import { findFault, isCaughtByProbe } from './judge-misbehaviour.ts';
import { runMisbehaviour } from './run-misbehaviour.ts';
import { LIAR, MISBEHAVIOURS } from './scripts.ts';

const EACH = 2;

describe('agents of whom none behaves', () => {
  it('have every incident end as it must, do nothing twice, and are not believed', async () => {
    const { courses, violations } = await runMisbehaviour({ each: EACH, apartMs: 100, say: () => undefined });
    expect(courses).toHaveLength(EACH * MISBEHAVIOURS.length);
    expect(courses.filter((course) => findFault(course) !== undefined)).toEqual([]);
    expect(courses.filter(({ behaviour }) => behaviour === LIAR).map(isCaughtByProbe)).toEqual([true, true]);
    expect(describeViolations(violations)).toBe('');
  }, 400_000);
});
