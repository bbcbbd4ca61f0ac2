import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type HealthObservation, type HealthState, initialHealth, observeHealth } from './health-state.ts';

const thresholds = { unhealthyAfter: 2, healthyAfter: 2, startGraceMs: 1_000 };

/** One observation every 100 ms, after the first 2 s. */
const observe = (observations: readonly HealthObservation[], from: HealthState = initialHealth(0)): HealthState =>
  observations.reduce((health, observation, i) => observeHealth(health, observation, thresholds, 2_000 + i * 100), from);

describe('observeHealth', () => {
  it('becomes healthy after enough good checks only', () => {
    expect(observe(['check-passed']).state).toBe('starting');
    expect(observe(['check-passed', 'check-passed']).state).toBe('healthy');
  });

  it('ignores one odd check', () => {
    const healthy = observe(['check-passed', 'check-passed']);
    expect(observe(['check-failed', 'check-passed', 'check-failed'], healthy).state).toBe('healthy');
    expect(observe(['check-failed', 'check-failed'], healthy)).toMatchObject({ state: 'unhealthy', consecutiveFailures: 2 });
    const unhealthy = observe(['check-failed', 'check-failed'], healthy);
    expect(observe(['check-passed'], unhealthy).state).toBe('unhealthy');
  });

  it('gives a starting service its time', () => {
    const early = (ms: number): HealthState =>
      observeHealth({ ...initialHealth(0), consecutiveFailures: 5 }, 'check-failed', thresholds, ms);
    expect(early(999).state).toBe('starting');
    expect(early(1_000).state).toBe('unhealthy');
  });

  it('takes an answer for nothing while the process is gone', () => {
    const stopped = observe(['check-passed', 'check-passed', 'exited']);
    expect(observe(['check-passed', 'check-passed', 'check-passed'], stopped).state).toBe('stopped');
    expect(observe(['starting', 'check-passed', 'check-passed'], stopped).state).toBe('healthy');
  });

  it('tells since when it is in its state', () => {
    const health = observe(['exited', 'check-failed', 'check-failed']);
    expect(health).toMatchObject({ state: 'stopped', sinceMs: 2_000, consecutiveFailures: 2 });
  });

  it('is never healthy without good checks running, whatever came before', () => {
    const observation = fc.constantFrom<HealthObservation>('starting', 'exited', 'check-passed', 'check-failed');
    fc.assert(
      fc.property(fc.array(observation, { maxLength: 30 }), (history) => {
        const { state } = observe([...history, 'exited', 'check-passed']);
        expect(state).toBe('stopped');
        expect(observe([...history, 'starting', 'check-passed', 'check-failed']).state).not.toBe('healthy');
      }),
    );
  });
});
