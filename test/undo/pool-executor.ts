import { readFileSync, writeFileSync } from 'node:fs';
import type { Action, ActionOutcome, ActionPlan, ActionRequest, DryRun, Executor } from '#libs/service-agent';
import { PoolSchema, SWITCH_POOL } from '../builders/strategy-builder.ts';

const STEPS = { isPossible: true, steps: ['switch'] } as const;
const BROKEN: ActionOutcome = { succeeded: false, reasonCode: 'executor-error', detail: 'the disk is full', evidence: {} };

/** Lets services go over to another pool, which is a word in a file, and back. Keeps a ledger of everything that it was asked to do. */
export class PoolExecutor implements Executor {
  readonly strategy = SWITCH_POOL.id;
  readonly ledger: string[] = [];
  /** Services whose undo fails. */
  readonly stuck = new Set<string>();
  readonly undo: Action = {
    plan: (request) => this.judge(request, SWITCH_POOL.inverse?.parameters),
    execute: async (request, signal) => this.take('undo', request, signal),
  };

  constructor(private readonly fileOf: (serviceId: string) => string) {}

  plan(request: ActionRequest): ActionPlan {
    return this.judge(request, SWITCH_POOL.parameters);
  }

  async dryRun(): Promise<DryRun> {
    return { steps: STEPS.steps, obstacles: [] };
  }

  async execute(request: ActionRequest, signal: AbortSignal): Promise<ActionOutcome> {
    return this.take('execute', request, signal);
  }

  poolOf(serviceId: string): string {
    return readFileSync(this.fileOf(serviceId), 'utf8');
  }

  private judge({ parameters }: ActionRequest, schema = SWITCH_POOL.parameters): ActionPlan {
    if (schema.safeParse(parameters).success) return STEPS;
    return { isPossible: false, reasonCode: 'invalid-parameters', detail: 'there is no such pool' };
  }

  private take(what: 'execute' | 'undo', { serviceId, parameters }: ActionRequest, signal: AbortSignal): ActionOutcome {
    if (signal.aborted) return { succeeded: false, reasonCode: 'aborted', evidence: {} };
    const pool = PoolSchema.parse(parameters).pool;
    this.ledger.push(`${what} ${serviceId} ${pool}`);
    if (what === 'undo' && this.stuck.has(serviceId)) return BROKEN;
    const before = this.poolOf(serviceId);
    writeFileSync(this.fileOf(serviceId), pool);
    return { succeeded: true, evidence: { before } };
  }
}
