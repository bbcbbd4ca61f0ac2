import { describe, expect, it } from '@jest/globals';
import { STRATEGIES, StrategyRegistry } from './registry.ts';

const failing = { serviceId: 'memory', hasExited: true, consecutiveFailures: 3 };

describe('the registry', () => {
  it('has each strategy once and finds it by its id', () => {
    expect(new Set(STRATEGIES.map(({ id }) => id)).size).toBe(STRATEGIES.length);
    const registry = new StrategyRegistry();
    for (const strategy of STRATEGIES) expect(registry.find(strategy.id)).toBe(strategy);
    expect(registry.find('restart/nothing')).toBeUndefined();
  });

  it.each(STRATEGIES.map((strategy) => [strategy.id, strategy] as const))('%s declares facts that make sense', (id, strategy) => {
    const { facts, attempts, verification, family } = strategy;
    expect(id.startsWith(`${family}/`)).toBe(true);
    for (const share of [facts.cost, facts.harm]) {
      expect(share).toBeGreaterThanOrEqual(0);
      expect(share).toBeLessThanOrEqual(1);
    }
    expect(attempts.maxAttempts).toBeGreaterThanOrEqual(1);
    expect(attempts.backoffMs.length).toBeGreaterThan(0);
    expect(verification.probeIntervalMs).toBeGreaterThanOrEqual(1000);
    expect(verification.probeTimeoutMs).toBeLessThanOrEqual(5000);
  });

  it.each(STRATEGIES.map((strategy) => [strategy.id, strategy] as const))(
    '%s says how it is undone if, and only if, it can be',
    (_id, { facts, inverse }) => expect(inverse !== undefined).toBe(facts.reversal === 'inverse'),
  );

  it.each(STRATEGIES.map((strategy) => [strategy.id, strategy] as const))(
    '%s plans parameters of its own schema',
    (_id, strategy) => {
      const plan = strategy.plan(failing);
      expect(strategy.parameters.parse(plan.parameters)).toEqual(plan.parameters);
      expect(plan.executionTimeoutMs).toBeGreaterThan(0);
    },
  );
});
