/** @machine half */
import { describe, expect, it } from '@jest/globals';
import { describeViolations } from '#libs/testing';
import { FAILPOINT_NAMES } from '../bench/crashes/crash-plan.ts';
import { type CrashRun, runCrashes } from '../bench/crashes/run-crashes.ts';

const ONCE = FAILPOINT_NAMES.map((name) => [name, 1]);

function expectNothingBroken(run: CrashRun): void {
  expect(describeViolations(run.violations)).toBe('');
  expect([...run.met]).toEqual(ONCE);
  expect(run.healed).toBeGreaterThanOrEqual(run.lives);
  expect(Math.min(run.escalated, run.told, run.nonsense)).toBeGreaterThan(0);
  expect(Object.keys(run.redacted)).toEqual(expect.arrayContaining(['ErrorReported', 'ResultReported', 'MessageDeadLettered']));
}

describe('an orchestrator that breaks at every step of its loop', () => {
  it('loses, doubles and forgets nothing when it is killed there', async () => {
    const plan = { names: FAILPOINT_NAMES, action: 'kill', each: 1, seed: 1 } as const;
    const run = await runCrashes(plan, () => undefined);
    expect(run.lives).toBe(FAILPOINT_NAMES.length);
    expect(run.quarantined).toBe(0);
    expectNothingBroken(run);
  }, 600_000);

  it('loses, doubles and forgets nothing when each of them fails', async () => {
    expectNothingBroken(await runCrashes({ names: FAILPOINT_NAMES, action: 'throw', each: 1, seed: 2 }, () => undefined));
  }, 300_000);
});
