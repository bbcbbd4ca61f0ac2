export { findStrategy, STRATEGIES } from './registry.ts';
export type { Applicability, AttemptPolicy, FixPlan, Reversal, Situation, Strategy, StrategyFacts } from './strategy.ts';
export { requiredCleanExposures, type VerificationSpec } from './verification.ts';
