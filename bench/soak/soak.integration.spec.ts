import { describe, expect, it } from '@jest/globals';
import { runSoak } from './run-soak.ts';

describe('a short soak', () => {
  it('tells what the orchestrator keeps and has open, over time', async () => {
    const run = await runSoak({ hours: 0.01, reportsPerSecond: 50, seed: 1, say: () => undefined });
    expect(run.reports).toBeGreaterThan(0);
    expect(run.orchestratorEnds).toBe(0);
    const titles = run.series.map(({ title }) => title);
    expect(titles).toContain('heap of thread 0 after major collections');
    expect(titles).toContain('resident memory of the orchestrator');
    const open = run.series.filter(({ title }) => /descriptors|connections/.test(title));
    expect(open.map(({ points }) => points.every(({ value }) => value > 0) && points.length > 1)).toEqual([true, true]);
  }, 300_000);
});
