import { z } from 'zod';
import type { Applicability, FixPlan, Situation, Strategy } from '../strategy.ts';

const DRAIN_DEADLINE_MS = 10_000;
const READINESS_DEADLINE_MS = 30_000;

const ParametersSchema = z.strictObject({
  drain_deadline_ms: z.int().nonnegative().max(60_000),
  readiness_deadline_ms: z.int().positive().max(300_000),
});

function applies(situation: Situation): Applicability {
  if (situation.hasExited || situation.consecutiveFailures > 0) return { applies: true };
  return { applies: false, reasonCode: 'service-not-failing' };
}

function plan(): FixPlan {
  return {
    parameters: { drain_deadline_ms: DRAIN_DEADLINE_MS, readiness_deadline_ms: READINESS_DEADLINE_MS },
    // Drain, terminate (as long again before it is killed), start, ready, and a margin for reporting.
    executionTimeoutMs: 2 * DRAIN_DEADLINE_MS + READINESS_DEADLINE_MS + 10_000,
  };
}

/** Service down → restart (wound 5): drain, terminate, start, wait until ready. */
export const restartService: Strategy = {
  id: 'restart/service',
  family: 'restart',
  facts: { risk: 'low', reversal: 'transient', evidence: 'own-agent', cost: 0.05, harm: 0.3 },
  parameters: ParametersSchema,
  attempts: {
    maxAttempts: 2,
    backoffMs: [10_000, 20_000, 40_000, 80_000, 160_000, 300_000],
    hopelessReasonCodes: ['port-in-use', 'configuration-error', 'migration-error', 'disk-full'],
  },
  verification: { probeIntervalMs: 1000, probeTimeoutMs: 2000, maxWindowMs: 60_000, settlingMs: 1000 },
  applies,
  plan,
};
