/** @machine half */
import { describe, expect, it } from '@jest/globals';
import { describeViolations } from '#libs/testing';
import { runChaos } from '../bench/chaos/run-chaos.ts';
import { LEAST_BEFALLEN_SHARE } from '../bench/chaos/turmoil.ts';

describe('a minute in which everything is killed, paused and cut', () => {
  it('loses and doubles nothing, ends every fix, and leaves a system that heals', async () => {
    const run = await runChaos({ minutes: 1, reportsPerSecond: 100, replicas: 2, seed: 2, say: () => undefined });
    expect(describeViolations(run.violations)).toBe('');
    expect(run).toMatchObject({ healsAfterwards: true, deadLetters: 0, quarantined: 0, quietAfter: expect.any(Number) });
    expect(run.befallenShare).toBeGreaterThanOrEqual(LEAST_BEFALLEN_SHARE);
    expect(run.settledAfter).toBeLessThanOrEqual(60);
    expect(run.taken).toBeGreaterThan(0);
    expect(run.healed / run.failed).toBeGreaterThanOrEqual(0.5);
  }, 600_000);
});
