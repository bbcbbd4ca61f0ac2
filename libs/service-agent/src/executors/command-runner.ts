import {
  type CommandJournal,
  type CommandVerdict,
  type ControlWatch,
  findHindrance,
  isPassing,
  type JournalEntry,
  type MonotonicClock,
  type OutboxItem,
  type VerificationContext,
  verifyCommand,
} from '#libs/agent-core';
import type { Command, RefusalCode, Result } from '#libs/contracts';
import { type ActionFacts, createOutcomeResult, createResult, toOutboxItem } from '../assembly/command-result.ts';
import { type AgentLog, describeError } from '../runtime/agent-log.ts';
import type { CommandSettlement, DeliveredCommand } from '../transport/agent-transport.ts';
import type { Action, ActionOutcome, Executor } from './executor.ts';

/** Told before and after an action on a service. */
export interface ActionWatcher {
  beginAction(): void;
  endAction(): void;
}

export interface ManagedTarget {
  readonly executors: readonly Executor[];
  readonly watcher: ActionWatcher;
}

export interface CommandRunnerOptions {
  readonly agentId: string;
  readonly maxItemBytes: number;
  readonly verification: VerificationContext;
  readonly journal: CommandJournal;
  readonly control: ControlWatch;
  readonly clock: MonotonicClock;
  readonly targets: ReadonlyMap<string, ManagedTarget>;
  /** Puts a result where it survives until its receipt. */
  readonly send: (item: OutboxItem) => Promise<void>;
  readonly log: AgentLog;
  readonly onRefusal?: (code: RefusalCode) => void;
}

/** What a command has done, and whether there is a way back from it. */
interface Step {
  readonly action: Action;
  readonly canBeUndone: boolean;
}

type Accepted = Extract<CommandVerdict, { kind: 'accepted' }>;

const RETRY_MS = 1_000;
/** A key that nobody has published by then never comes. */
const MAX_KEY_DELIVERIES = 30;
const ACK: CommandSettlement = { action: 'ack' };

/**
 * From a delivered command to its outcome: verify, plan, journal, acknowledge, act, journal, report. The message is
 * acknowledged once the journal has it; from then on the journal alone decides what happened. Actions on one target run one
 * after another.
 */
export class CommandRunner {
  private readonly lastActions = new Map<string, Promise<void>>();
  /** What was accepted and isn't done yet. */
  private readonly live = new Map<Command, AbortController>();

  constructor(private readonly options: CommandRunnerOptions) {}

  /** What the last run of the agent left: cut-off commands become `outcome_unknown`, results without receipt go out again. */
  async recover(): Promise<void> {
    const { journal, agentId } = this.options;
    for (const { commandId } of journal.unfinished()) {
      await journal.finish(commandId, createResult(agentId, commandId, 'outcome_unknown', { reason_code: 'agent-restarted' }));
    }
    for (const result of journal.undelivered()) await this.report(result);
  }

  /** @throws JournalUnwritableError when nothing is decided yet, so that the command must be handed in again */
  async handle(message: DeliveredCommand): Promise<CommandSettlement> {
    const verdict = await verifyCommand(message, this.options.verification);
    switch (verdict.kind) {
      case 'untrusted':
        return this.distrust(verdict.code, message.deliveries);
      case 'known':
        return this.answerAgain(verdict.command, verdict.entry);
      case 'refused':
        if (isPassing(verdict.code)) return { action: 'retry', delayMs: RETRY_MS };
        return this.refuse(verdict.command, verdict.code);
      case 'accepted':
        return this.accept(verdict);
    }
  }

  /** The kill switch: no further step begins of what is stopped by now, and what can still be cancelled of it is. */
  cancelStopped(): void {
    for (const [command, cancel] of this.live) if (this.options.control.isStopped(command)) cancel.abort();
  }

  /** Waits for what is being done; nothing that began is left half done by an orderly end. */
  async stop(): Promise<void> {
    await Promise.all(this.lastActions.values());
  }

  private distrust(code: RefusalCode, deliveries: number): CommandSettlement {
    if (isPassing(code) && deliveries < MAX_KEY_DELIVERIES) return { action: 'retry', delayMs: RETRY_MS };
    this.options.log('error', 'a command is not trusted', { code });
    this.options.onRefusal?.(code);
    return { action: 'drop', reasonCode: code };
  }

  private async refuse(command: Command, code: RefusalCode, detail?: string): Promise<CommandSettlement> {
    const { agentId, journal, log, onRefusal } = this.options;
    log('warn', 'a command is refused', { command_id: command.command_id, code });
    onRefusal?.(code);
    const details = { reason_code: code, ...(detail === undefined ? {} : { detail }) };
    const result = createResult(agentId, command.command_id, 'refused', details);
    await journal.refuse(command.command_id, result);
    await this.report(result);
    return ACK;
  }

  private async answerAgain(command: Command, entry: JournalEntry): Promise<CommandSettlement> {
    if (entry.state === 'started') await this.report(this.acknowledgement(command));
    else await this.report(entry.result);
    return ACK;
  }

  private async accept({ command, fence }: Accepted): Promise<CommandSettlement> {
    const { journal, targets } = this.options;
    const { service_id: serviceId } = command.target;
    const target = targets.get(serviceId);
    const executor = target?.executors.find(({ strategy }) => strategy === command.strategy);
    if (target === undefined || executor === undefined) return this.refuse(command, 'no-executor');
    const { command_id: commandId, strategy, parameters, undoes } = command;
    const action = undoes === undefined ? executor : executor.undo;
    if (action === undefined) return this.refuse(command, 'undo-not-offered');
    const hindrance = undoes === undefined ? undefined : journal.findUndoHindrance({ undoes, serviceId, strategy });
    if (hindrance !== undefined) return this.refuse(command, hindrance);
    const plan = action.plan({ serviceId, strategy, parameters });
    if (!plan.isPossible) return this.refuse(command, plan.reasonCode, plan.detail);

    if (!(await journal.start({ commandId, serviceId, strategy, fence, undoes }))) return ACK;
    await this.report(this.acknowledgement(command));
    this.enqueue(command, target, { action, canBeUndone: undoes === undefined && executor.undo !== undefined });
    return ACK;
  }

  private enqueue(command: Command, target: ManagedTarget, step: Step): void {
    const { service_id: serviceId } = command.target;
    const cancel = new AbortController();
    this.live.set(command, cancel);
    const turn = (this.lastActions.get(serviceId) ?? Promise.resolve())
      .then(() => this.act(command, target, { ...step, signal: cancel.signal }))
      .catch((error: unknown) => {
        this.options.log('error', 'an action could not be recorded', {
          command_id: command.command_id,
          error: describeError(error),
        });
      })
      .finally(() => this.live.delete(command));
    this.lastActions.set(serviceId, turn);
  }

  private async act(
    command: Command,
    { watcher }: ManagedTarget,
    { action, canBeUndone, signal }: Step & { signal: AbortSignal },
  ): Promise<void> {
    const { clock, control, log } = this.options;
    // It may have waited behind another action while everything was stopped, fell silent, or its time ran out.
    // What was stopped while it waited stays undone, also when the stop was lifted again.
    const hindrance = signal.aborted ? 'control-stopped' : findHindrance(command, control);
    if (hindrance !== undefined)
      return this.conclude(command, { succeeded: false, reasonCode: hindrance, evidence: {} }, { durationMs: 0, canBeUndone });
    const startedAt = clock.nowMs();
    log('info', 'a command is carried out', { command_id: command.command_id, strategy: command.strategy });
    watcher.beginAction();
    try {
      const request = { serviceId: command.target.service_id, strategy: command.strategy, parameters: command.parameters };
      const outcome = await action.execute(request, signal);
      await this.conclude(command, outcome, { durationMs: clock.nowMs() - startedAt, canBeUndone });
    } finally {
      watcher.endAction();
    }
  }

  private async conclude(command: Command, outcome: ActionOutcome, facts: ActionFacts): Promise<void> {
    const { journal, log } = this.options;
    const result = createOutcomeResult(this.options, command, outcome, facts);
    log(outcome.succeeded ? 'info' : 'warn', 'a command is done', {
      command_id: command.command_id,
      phase: result.phase,
      code: result.reason_code,
    });
    await journal.finish(command.command_id, result);
    await this.report(result);
  }

  private acknowledgement(command: Command): Result {
    return createResult(this.options.agentId, command.command_id, 'acknowledged');
  }

  /** A full disk keeps a result from being sent, not from being true: it is in the journal and goes out at the next start. */
  private async report(result: Result): Promise<void> {
    const { clock, log, send } = this.options;
    try {
      await send(toOutboxItem(result, clock));
    } catch (error) {
      log('error', 'a result could not be stored', { command_id: result.command_id, error: describeError(error) });
    }
  }
}
