import type { Action, ActionOutcome, ActionPlan, ActionRequest, DryRun, Executor } from '../executor.ts';

/** The twin of the real executors: does nothing but keep a ledger of what it was asked to do, and end as told. */
export class ScriptedExecutor implements Executor {
  readonly strategy = 'restart/service';
  readonly ledger: ActionRequest[] = [];
  readonly undo: Action = { plan: (request) => this.plan(request), execute: (request, signal) => this.execute(request, signal) };

  constructor(private readonly act: (signal: AbortSignal) => Promise<ActionOutcome>) {}

  plan({ parameters }: ActionRequest): ActionPlan {
    if (Object.keys(parameters).some((name) => !name.endsWith('_ms'))) {
      return { isPossible: false, reasonCode: 'invalid-parameters', detail: 'unknown parameter' };
    }
    return { isPossible: true, steps: ['act'] };
  }

  async dryRun(): Promise<DryRun> {
    return { steps: ['act'], obstacles: [] };
  }

  async execute(request: ActionRequest, signal: AbortSignal): Promise<ActionOutcome> {
    if (signal.aborted) return { succeeded: false, reasonCode: 'aborted', evidence: {} };
    this.ledger.push(request);
    return this.act(signal);
  }
}
