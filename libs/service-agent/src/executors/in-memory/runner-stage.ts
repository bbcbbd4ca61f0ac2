import { CommandJournal, ControlWatch, type JournalRecord, type OutboxItem } from '#libs/agent-core';
import { type Command, commandSubject, type ControlState, MAX_ITEM_BYTES, type Result } from '#libs/contracts';
import { ResultSchema, validateCommand } from '#libs/contracts/schemas';
import { CommandRunner } from '../command-runner.ts';
import type { ActionOutcome, Executor } from '../executor.ts';
import { ScriptedExecutor } from './scripted-executor.ts';
import { parseWith } from '../../runtime/parse-body.ts';
import type { DeliveredCommand } from '../../transport/agent-transport.ts';

const LOG = '018f4e3a-7b1c-7d2e-8f00-000000000001';
export const at = (ms: number): string => new Date(Date.parse('2026-01-01T00:00:00.000Z') + ms).toISOString();

export const command = (id: string, position: number, over: Partial<Command> = {}): Command => ({
  v: 1,
  command_id: id,
  key_id: 'k1',
  agent_id: 'memory-agent',
  target: { service_id: 'memory' },
  strategy: 'restart/service',
  parameters: {},
  fence: { log_id: LOG, position: String(position) },
  issued_at: at(0),
  expires_at: at(60_000),
  decision_event_id: '018f4e3a-7b1c-7d2e-8f00-000000000002',
  approvals: [],
  ...over,
});

/** Signed by "valid": the runner's own business begins after the signature. */
export const deliver = (content: object, over: Partial<DeliveredCommand> = {}): DeliveredCommand => ({
  subject: commandSubject('local', 'memory-agent'),
  body: new TextEncoder().encode(JSON.stringify(content)),
  keyId: 'k1',
  signature: 'valid',
  deliveries: 1,
  ...over,
});

/** What an agent's runner acts in: its journal, outbox, clock and executors. */
export class RunnerStage {
  readonly records: JournalRecord[] = [];
  readonly outbox: OutboxItem[] = [];
  readonly order: string[] = [];
  readonly clock = { epoch: 'e', ms: 0, nowMs: (): number => this.clock.ms };
  readonly control = new ControlWatch(this.clock);
  act: (signal: AbortSignal) => Promise<ActionOutcome> = async () => ({ succeeded: true, evidence: {} });
  isDiskFull = false;
  readonly executor = new ScriptedExecutor((signal) => {
    this.order.push(`act with ${this.records.at(-1)?.type ?? 'nothing'} written`);
    return this.act(signal);
  });
  /** Of another strategy, and without a way back. */
  readonly wayless: Executor = {
    strategy: 'restart/other',
    plan: (request) => this.executor.plan(request),
    dryRun: () => this.executor.dryRun(),
    execute: (request, signal) => this.executor.execute(request, signal),
  };
  private sequence = 0;

  async open(): Promise<CommandRunner> {
    const append = async (added: readonly JournalRecord[]): Promise<void> => {
      if (this.isDiskFull) throw new Error('no space left on device');
      this.records.push(...added);
    };
    const journal = await CommandJournal.open(
      { load: async () => this.records, append, rewrite: async () => undefined },
      this.clock,
    );
    return new CommandRunner({
      agentId: 'memory-agent',
      maxItemBytes: MAX_ITEM_BYTES,
      verification: {
        tenant: 'local',
        agentId: 'memory-agent',
        verifySignature: async ({ keyId, signature }) => {
          if (keyId === 'unknown') return 'unknown-key';
          return signature === 'valid' ? 'valid' : 'invalid';
        },
        parseCommand: (body) => parseWith(validateCommand, body),
        isKeyRevoked: () => false,
        findFloor: (id) =>
          id === 'memory'
            ? { strategies: ['restart/service', 'restart/other', 'restart/third'], maxActionsPerHour: 5 }
            : undefined,
        control: this.control,
        journal,
      },
      journal,
      control: this.control,
      clock: this.clock,
      targets: new Map([
        [
          'memory',
          {
            executors: [this.executor, this.wayless],
            watcher: { beginAction: () => this.order.push('begin'), endAction: () => this.order.push('end') },
          },
        ],
      ]),
      send: async (item) => void this.outbox.push(item),
      log: () => undefined,
    });
  }

  heartbeat(over: Partial<ControlState> = {}): void {
    this.sequence += 1;
    const { sequence } = this;
    const issued_at = at(this.clock.ms);
    const said: ControlState = {
      v: 1,
      key_id: 'k1',
      state: 'running',
      stopped_services: [],
      stopped_strategies: [],
      log_id: LOG,
      version: 1,
      sequence,
      issued_at,
      ...over,
    };
    this.control.accept(said, 'live');
  }

  /** What was told, in that order. */
  get told(): Result[] {
    return this.outbox.map(({ body }) => ResultSchema.parse(body));
  }

  get results(): string[] {
    return this.told.map((r) => `${r.command_id}:${r.phase}${r.reason_code === undefined ? '' : ` ${r.reason_code}`}`);
  }
}
