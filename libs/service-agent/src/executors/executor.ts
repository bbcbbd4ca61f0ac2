import type { FailureCode, JsonObject, RefusalCode } from '#libs/contracts';

export interface ActionRequest {
  readonly serviceId: string;
  readonly strategy: string;
  /** As the command has them; an executor checks them against its strategy's schema. */
  readonly parameters: JsonObject;
}

export type ActionPlan =
  | { readonly isPossible: true; readonly steps: readonly string[] }
  | { readonly isPossible: false; readonly reasonCode: RefusalCode; readonly detail: string };

export interface DryRun {
  readonly steps: readonly string[];
  /** What would keep the action from succeeding now. */
  readonly obstacles: readonly string[];
}

export interface ActionOutcome {
  readonly succeeded: boolean;
  /** Always there when it failed. A refusal where it was no longer allowed to begin. */
  readonly reasonCode?: FailureCode | RefusalCode;
  readonly detail?: string;
  /** Saved before acting, and what was done. */
  readonly evidence: JsonObject;
}

/** One way to touch the world. Only `execute` changes anything. */
export interface Action {
  plan(request: ActionRequest): ActionPlan;
  /** Never throws. Aborting cancels it up to its point of no return, after which it goes on to a safe state. */
  execute(request: ActionRequest, signal: AbortSignal): Promise<ActionOutcome>;
}

/** Touches the world for one strategy. */
export interface Executor extends Action {
  readonly strategy: string;
  /** Takes back what was executed; where there is nothing to take back, or no way, an executor has none. */
  readonly undo?: Action;
  dryRun(request: ActionRequest): Promise<DryRun>;
}
