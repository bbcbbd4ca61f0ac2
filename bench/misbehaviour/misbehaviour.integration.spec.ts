import { describe, expect, it } from '@jest/globals';
import { describeViolations } from '#libs/testing';
import { findFault, isCaughtByProbe } from './judge-misbehaviour.ts';
import { runMisbehaviour } from './run-misbehaviour.ts';
import { LIAR, MISBEHAVIOURS } from './scripts.ts';

const EACH = 2;
/** Those that are found out at once; the others are waited for by the command. */
const QUICK = MISBEHAVIOURS.filter(({ withinSeconds }) => withinSeconds <= 60);

describe('agents of whom none behaves', () => {
  it('have every incident end as it must, do nothing twice, and are not believed', async () => {
    const { courses, violations } = await runMisbehaviour({ each: EACH, behaviours: QUICK, apartMs: 100, say: () => undefined });
    expect(courses).toHaveLength(EACH * QUICK.length);
    expect(QUICK.length).toBeGreaterThan(2);
    expect(courses.filter((course) => findFault(course) !== undefined)).toEqual([]);
    expect(courses.filter(({ behaviour }) => behaviour === LIAR).map(isCaughtByProbe)).toEqual([true, true]);
    expect(describeViolations(violations)).toBe('');
  }, 400_000);
});
