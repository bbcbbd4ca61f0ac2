import { describe, expect, it } from '@jest/globals';
import type { Situation } from '../strategy.ts';
import { restartService } from './restart-service.ts';

const buildSituation = (parts: Partial<Situation> = {}): Situation => ({
  serviceId: 'memory',
  hasExited: false,
  consecutiveFailures: 0,
  ...parts,
});

describe('restart/service', () => {
  it('applies to a process that ended or a check that fails', () => {
    expect(restartService.applies(buildSituation({ hasExited: true }))).toEqual({ applies: true });
    expect(restartService.applies(buildSituation({ consecutiveFailures: 1 }))).toEqual({ applies: true });
  });

  it('leaves a service alone that does not fail', () => {
    expect(restartService.applies(buildSituation())).toEqual({ applies: false, reasonCode: 'service-not-failing' });
  });

  it('plans the same for the same situation', () => {
    const situation = buildSituation({ hasExited: true });
    expect(restartService.plan(situation)).toEqual(restartService.plan(situation));
  });

  it('gives the agent time for draining, ending, starting and telling', () => {
    const { parameters, executionTimeoutMs } = restartService.plan(buildSituation({ hasExited: true }));
    const needed = 2 * Number(parameters['drain_deadline_ms']) + Number(parameters['readiness_deadline_ms']);
    expect(executionTimeoutMs).toBeGreaterThan(needed);
  });

  it.each([
    { drain_deadline_ms: -1, readiness_deadline_ms: 1000 },
    { drain_deadline_ms: 0, readiness_deadline_ms: 0 },
    { drain_deadline_ms: 60_001, readiness_deadline_ms: 1000 },
    { drain_deadline_ms: 10, readiness_deadline_ms: 10, command: 'rm' },
    { drain_deadline_ms: '10', readiness_deadline_ms: 10 },
    {},
  ])('refuses parameters that are not its own (%#)', (parameters) => {
    expect(restartService.parameters.safeParse(parameters).success).toBe(false);
  });

  it('waits ten seconds, doubling up to five minutes', () => {
    expect(restartService.attempts.backoffMs).toEqual([10_000, 20_000, 40_000, 80_000, 160_000, 300_000]);
    expect(restartService.attempts.maxAttempts).toBe(2);
  });

  it('leaves nothing behind that would have to be undone', () => {
    expect(restartService.facts).toMatchObject({ reversal: 'transient', evidence: 'own-agent' });
  });
});
