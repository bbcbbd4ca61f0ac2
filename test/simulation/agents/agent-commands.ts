import {
  type CommandJournal,
  type ControlWatch,
  findHindrance,
  isPassing,
  type SignedMessage,
  verifyCommand,
} from '#libs/agent-core';
import type { Command, Result } from '#libs/contracts';
import { validateCommand } from '#libs/contracts/schemas';
import { ack, deadLetter, retryLater, type Settlement } from '#libs/messaging';
import { SWITCH_POOL } from '../../builders/strategy-builder.ts';
import { verifySignature } from '../orchestrator/signer.ts';
import type { SimService } from '../services.ts';

/** What a command can be cut off at. */
export type CommandStep = 'verified' | 'journaled' | 'acknowledged' | 'acted' | 'finished';

export interface CommandContext {
  readonly tenant: string;
  readonly agentId: string;
  readonly journal: CommandJournal;
  readonly control: ControlWatch;
  readonly findService: (id: string) => SimService | undefined;
  readonly say: (result: Result) => Promise<void>;
  /** Touches the world; tells how that ended. */
  readonly act: (command: Command, service: SimService) => Promise<Pick<Result, 'phase' | 'reason_code' | 'evidence'>>;
  /** An agent may die here, or be late. */
  readonly pass: (step: CommandStep) => Promise<void>;
}

const RETRY_MS = 1_000;
const STRATEGIES = ['restart/service', SWITCH_POOL.id];
const MOST_ACTIONS = 20;

const parse = (body: Uint8Array): Command | undefined => {
  const checked = validateCommand(JSON.parse(new TextDecoder().decode(body)));
  return checked.valid ? checked.value : undefined;
};

/** From a delivered command to its outcome, in the order of every agent of ours, judged by the same code. */
export class AgentCommands {
  private readonly lastActions = new Map<string, Promise<void>>();

  constructor(private readonly context: CommandContext) {}

  /** What the process before this one left. */
  async recover(): Promise<void> {
    const { journal, say } = this.context;
    for (const { commandId } of journal.unfinished())
      await journal.finish(commandId, this.toResult(commandId, { phase: 'outcome_unknown', reason_code: 'agent-restarted' }));
    for (const result of journal.undelivered()) await say(result);
  }

  async take(message: SignedMessage): Promise<Settlement> {
    const { tenant, agentId, control, journal, findService, say } = this.context;
    const verdict = await verifyCommand(message, {
      tenant,
      agentId,
      verifySignature,
      parseCommand: parse,
      isKeyRevoked: () => false,
      findFloor: (id) =>
        findService(id) === undefined ? undefined : { strategies: STRATEGIES, maxActionsPerHour: MOST_ACTIONS },
      control,
      journal,
    });
    switch (verdict.kind) {
      case 'untrusted':
        return deadLetter(verdict.code, 'it is not trusted');
      case 'known':
        await say(
          verdict.entry.state === 'started'
            ? this.toResult(verdict.command.command_id, { phase: 'acknowledged' })
            : verdict.entry.result,
        );
        return ack();
      case 'refused':
        return isPassing(verdict.code) ? retryLater(RETRY_MS) : this.refuse(verdict.command, verdict.code);
      case 'accepted':
        return this.accept(verdict);
    }
  }

  private async accept({
    command,
    fence,
  }: {
    command: Command;
    fence: { log_id: string; position: number };
  }): Promise<Settlement> {
    const { journal, findService, say, pass } = this.context;
    const { command_id: commandId, strategy, undoes } = command;
    const service = findService(command.target.service_id);
    if (service === undefined) return this.refuse(command, 'other-target');
    const request = { commandId, serviceId: service.id, strategy, fence, undoes };
    const hindrance = undoes === undefined ? undefined : journal.findUndoHindrance({ ...request, undoes });
    if (hindrance !== undefined) return this.refuse(command, hindrance);
    await pass('verified');
    if (!(await journal.start(request))) return ack();
    await pass('journaled');
    await say(this.toResult(commandId, { phase: 'acknowledged' }));
    await pass('acknowledged');
    this.enqueue(command, service);
    return ack();
  }

  private enqueue(command: Command, service: SimService): void {
    const turn = (this.lastActions.get(service.id) ?? Promise.resolve()).then(() => this.act(command, service));
    this.lastActions.set(service.id, turn);
  }

  private async act(command: Command, service: SimService): Promise<void> {
    const { control, journal, say, act, pass } = this.context;
    const hindrance = findHindrance(command, control);
    const outcome = hindrance === undefined ? await act(command, service) : { phase: 'failed' as const, reason_code: hindrance };
    await pass('acted');
    const result = this.toResult(command.command_id, outcome);
    await journal.finish(command.command_id, result);
    await pass('finished');
    await say(result);
  }

  private async refuse({ command_id: commandId }: Command, code: string): Promise<Settlement> {
    const { journal, say } = this.context;
    const result = this.toResult(commandId, { phase: 'refused', reason_code: code });
    await journal.refuse(commandId, result);
    await say(result);
    return ack();
  }

  private toResult(commandId: string, details: Omit<Result, 'v' | 'agent_id' | 'command_id'>): Result {
    return { v: 1, agent_id: this.context.agentId, command_id: commandId, ...details };
  }
}
