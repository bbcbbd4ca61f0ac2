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
export { requiredCleanExposures, type VerificationSpec } from './verification.ts';
