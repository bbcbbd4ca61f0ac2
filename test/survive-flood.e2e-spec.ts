/** @machine half */
import { describe, expect, it } from '@jest/globals';
import { describeViolations } from '#libs/testing';
import { runFlood } from '../bench/flood/run-flood.ts';

const ERRORS = 50_000;
const MOST_MIB = 1_024;

describe('a service that reports the same error over and over', () => {
  it('has one incident and one fix, and no report of anybody is lost', async () => {
    const run = await runFlood({ errors: ERRORS, warmUp: 10_000, quietSeconds: 1, say: () => undefined });
    expect(describeViolations(run.violations)).toBe('');
    expect(run).toMatchObject({ incidents: 1, commands: 1, stored: ERRORS, receipted: ERRORS, counted: ERRORS });
    expect(run.bystanderStored).toBe(run.bystanderReported);
    expect(Number.isFinite(run.floodP99)).toBe(true);
    expect(run.peakMiB).toBeLessThanOrEqual(MOST_MIB);
  }, 300_000);
});
