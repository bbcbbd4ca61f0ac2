import { restartService, type Strategy } from '#libs/fix-strategies';
import { z } from 'zod';

export const getRestart = (): Strategy => restartService;

/** The restart with other facts. */
export const likeRestart = (facts: Partial<Strategy['facts']>, parts: Partial<Strategy> = {}): Strategy =>
  ({ ...restartService, ...parts, facts: { ...restartService.facts, ...facts } }) as Strategy;

/** Which pool. */
export const PoolSchema = z.strictObject({ pool: z.string() });
const EXECUTION_TIMEOUT_MS = 10_000;

/**
 * A strategy that leaves something behind, and how it was before: a service goes over to another pool of connections. The product
 * has none like it; its id is one that the rule table names and that no strategy of the product has.
 */
export const SWITCH_POOL: Strategy = {
  ...restartService,
  id: 'restart/recycle-pool',
  facts: { ...restartService.facts, reversal: 'inverse' },
  parameters: PoolSchema,
  plan: () => ({ parameters: { pool: 'new' }, executionTimeoutMs: EXECUTION_TIMEOUT_MS }),
  inverse: {
    parameters: PoolSchema,
    plan: ({ evidence: { before } }) =>
      typeof before === 'string' ? { parameters: { pool: before }, executionTimeoutMs: EXECUTION_TIMEOUT_MS } : undefined,
  },
};
