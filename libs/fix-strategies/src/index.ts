export {
  estimateFailureRate,
  type ExposureCounts,
  hasHalved,
  NO_EXPOSURES,
  type SeenExposures,
  type Traffic,
} from './exposures.ts';
export { STRATEGIES, StrategyRegistry } from './registry.ts';
export { restartService } from './restart-service/restart-service.ts';
export type {
  Applicability,
  AttemptPolicy,
  ConfirmedStep,
  FixPlan,
  Inverse,
  Reversal,
  ReversibleStrategy,
  Situation,
  Strategy,
  StrategyFacts,
} from './strategy.ts';
export { addLook, type CountedExposures, type Look, NOTHING_SEEN, type Tally } from './tally.ts';
export { type Judgement, judgeVerification } from './verdict.ts';
export { requiredCleanExposures, type VerificationSpec } from './verification.ts';
