import {
  CommandJournal,
  type CommandVerdict,
  ControlWatch,
  type MonotonicClock,
  type SignatureCheck,
  type SignatureVerdict,
  type SignedMessage,
  verifyCommand,
  verifyControlState,
} from '#libs/agent-core';
import { type AgentAddress, HEADERS } from '#libs/contracts';
import { validateCommand, validateControlState } from '#libs/contracts/schemas';
import { type CoreMessage, type NatsLink, readControlState } from '#libs/messaging';

export interface AgentJudgeOptions {
  readonly address: AgentAddress;
  readonly serviceIds: readonly string[];
  readonly verifySignature: (check: SignatureCheck) => SignatureVerdict;
}

const CLOCK: MonotonicClock = { epoch: 'this run', nowMs: () => performance.now() };
const FLOOR = { strategies: ['restart/service'], maxActionsPerHour: 1_000 };
const NO_DISK = { load: () => Promise.resolve([]), append: () => Promise.resolve(), rewrite: () => Promise.resolve() };

/** What an agent knows and how it judges: as every agent of ours does, with the very same code. */
export class AgentJudge {
  readonly control = new ControlWatch(CLOCK);

  private constructor(
    private readonly options: AgentJudgeOptions,
    readonly journal: CommandJournal,
  ) {}

  static async open(options: AgentJudgeOptions): Promise<AgentJudge> {
    return new AgentJudge(options, await CommandJournal.open(NO_DISK, CLOCK));
  }

  judge(message: SignedMessage): Promise<CommandVerdict> {
    const { address, serviceIds, verifySignature } = this.options;
    return verifyCommand(message, {
      tenant: address.tenant,
      agentId: address.agentId,
      verifySignature: (check) => Promise.resolve(verifySignature(check)),
      parseCommand: (body) => parse(validateCommand, body),
      isKeyRevoked: () => false,
      findFloor: (serviceId) => (serviceIds.includes(serviceId) ? FLOOR : undefined),
      control: this.control,
      journal: this.journal,
    });
  }

  /** Whether it was news. */
  async hear(message: CoreMessage, origin: 'live' | 'stored'): Promise<boolean> {
    const state = await verifyControlState(toSigned(message), {
      tenant: this.options.address.tenant,
      verifySignature: (check) => Promise.resolve(this.options.verifySignature(check)),
      isKeyRevoked: () => false,
      parseControlState: (body) => parse(validateControlState, body),
    });
    return state !== undefined && this.control.accept(state, origin);
  }

  /** What was said last, for whoever has a connection anew. One that breaks meanwhile is followed by the next. */
  async readControl(link: NatsLink): Promise<boolean> {
    const stored = await readControlState(link, this.options.address.tenant).catch(() => undefined);
    return stored !== undefined && this.hear(stored, 'stored');
  }
}

export const toSigned = (message: CoreMessage): SignedMessage => ({
  subject: message.subject,
  body: message.data,
  keyId: message.header(HEADERS.keyId),
  signature: message.header(HEADERS.signature),
});

function parse<T>(validate: (value: unknown) => { valid: true; value: T } | { valid: false }, body: Uint8Array): T | undefined {
  try {
    const checked = validate(JSON.parse(new TextDecoder().decode(body)));
    return checked.valid ? checked.value : undefined;
  } catch {
    return undefined;
  }
}
