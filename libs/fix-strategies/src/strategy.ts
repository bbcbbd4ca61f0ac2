import type { FailureCode, FixFamily, JsonObject, OrchestratorCode } from '#libs/contracts';
import type { z } from 'zod';
import type { VerificationSpec } from './verification.ts';

/** What a strategy may know when it plans: typed facts only, never the text of an error. */
export interface Situation {
  serviceId: string;
  /** The supervised process was seen to end. */
  hasExited: boolean;
  /** Failed checks in a row, as the service's own agent counted them. */
  consecutiveFailures: number;
}

export type Applicability = { applies: true } | { applies: false; reasonCode: OrchestratorCode };

/** How a strategy is taken back: by a command, not at all because it leaves nothing behind, or not at all. */
export type Reversal = 'inverse' | 'transient' | 'irreversible';

/** What is known of a strategy before it is tried. Owned by the registry; no model changes it. */
export interface StrategyFacts {
  risk: 'low' | 'medium' | 'high';
  reversal: Reversal;
  /** The least evidence on which it may run (safety.md section 2). */
  evidence: 'browser-text' | 'own-agent' | 'own-agent-and-probe' | 'person';
  /** What running it costs and what doing it wrongly harms, in the utility of decisions (0 to 1). */
  cost: number;
  harm: number;
}

export interface FixPlan {
  parameters: JsonObject;
  /** How long the agent may take, from acknowledging to its result. */
  executionTimeoutMs: number;
}

export interface AttemptPolicy {
  maxAttempts: number;
  /** Wait before attempt n + 1, in milliseconds; the last one repeats. */
  backoffMs: readonly number[];
  /** Reason codes of a failed attempt that a second one can't change. */
  hopelessReasonCodes: readonly FailureCode[];
}

/** What was commanded, and what its agent told of it when it was done. */
export interface ConfirmedStep {
  parameters: JsonObject;
  /** The agent's own words: nothing in it is sure to be there. */
  evidence: JsonObject;
}

/** How a confirmed step is taken back: by a command of the same strategy, with parameters of its own. */
export interface Inverse {
  parameters: z.ZodType<JsonObject>;
  /** `undefined` where the evidence doesn't tell what it takes to go back: then a person has to. */
  plan(step: ConfirmedStep): FixPlan | undefined;
}

interface StrategyCore {
  id: `${FixFamily}/${string}`;
  family: FixFamily;
  parameters: z.ZodType<JsonObject>;
  attempts: AttemptPolicy;
  verification: VerificationSpec;
  applies(situation: Situation): Applicability;
  plan(situation: Situation): FixPlan;
}

/** It can be undone. */
export interface ReversibleStrategy extends StrategyCore {
  facts: StrategyFacts & { reversal: 'inverse' };
  inverse: Inverse;
}

/** It leaves nothing behind, or what it leaves behind stays. */
export interface OneWayStrategy extends StrategyCore {
  facts: StrategyFacts & { reversal: Exclude<Reversal, 'inverse'> };
  inverse?: undefined;
}

/** One fix, as data and pure functions. The executor that touches the world lives in an agent. */
export type Strategy = ReversibleStrategy | OneWayStrategy;
