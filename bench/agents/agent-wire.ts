import { randomUUID } from 'node:crypto';
import { type AgentAddress, agentInboxPrefix, agentSubject, HEADERS, type MessageKind } from '#libs/contracts';
import type { Heartbeat } from '#libs/contracts/schemas';
import {
  connectToNats,
  type CoreMessage,
  type NatsLink,
  pullCommands,
  type RunningConsumer,
  type Settlement,
} from '#libs/messaging';
import { leak } from './planted-secret.ts';

export interface AgentWireOptions {
  readonly natsUrl: string;
  readonly nkeySeed: string;
  readonly address: AgentAddress;
}

interface HealthFailure {
  readonly serviceId: string;
  readonly reason: 'exited' | 'http-status';
  /** Failed checks running. */
  readonly failures: number;
  /** Of the report; one of chance unless told. */
  readonly id?: string;
  /** That gets into it. */
  readonly secret?: string | undefined;
}

/** From one heartbeat to the next. */
export const BEAT_MS = 5_000;

const log = (): void => undefined;

/** How an agent of a bench speaks: the wire protocol over one connection, in one life, and no judgement of what is said. */
export class AgentWire {
  private readonly bootId = randomUUID();
  private sequence = 0;
  private commands: RunningConsumer | undefined;

  private constructor(
    readonly link: NatsLink,
    private readonly address: AgentAddress,
  ) {}

  static async connect({ natsUrl: servers, nkeySeed, address }: AgentWireOptions): Promise<AgentWire> {
    const { agentId } = address;
    const link = await connectToNats({ servers, name: agentId, nkeySeed, inboxPrefix: agentInboxPrefix(agentId), log });
    return new AgentWire(link, address);
  }

  takeCommands(handle: (message: CoreMessage) => Promise<Settlement>): void {
    this.commands = pullCommands({ link: this.link, ...this.address, handle, log });
  }

  /** Says how its services are, each with its failed checks running. */
  beat(services: ReadonlyMap<string, number>): void {
    this.sequence += 1;
    const beat: Omit<Heartbeat, 'v' | 'agent_id'> = {
      boot_id: this.bootId,
      sequence: this.sequence,
      interval_ms: BEAT_MS,
      services: [...services].map(([id, failures]) => ({
        service_id: id,
        state: failures === 0 ? 'healthy' : 'unhealthy',
        since_ms: 0,
        consecutive_failures: failures,
      })),
    };
    this.send('heartbeat', beat);
  }

  /** A failed check as a report tells it. */
  describeFailure({ serviceId, reason, failures, id = randomUUID(), secret }: HealthFailure): {
    id: string;
    body: { items: { error: object }[] };
  } {
    const error = {
      id,
      timestamp: new Date().toISOString(),
      source: `backend-${serviceId}`,
      type: 'health',
      severity: 'critical',
      data: { check: 'http', reason, consecutive_failures: failures, ...(secret === undefined ? {} : leak(secret)) },
      context: { boot_id: this.bootId },
    };
    return { id: error.id, body: { items: [{ error }] } };
  }

  /** Says it once, and doesn't wait for a receipt. */
  sendOnce(kind: MessageKind, { id, body }: { id: string; body: object }): void {
    this.send(kind, body, { [HEADERS.ageMs]: '0', [HEADERS.attempt]: '1', [HEADERS.messageId]: id });
  }

  /** Without a connection nothing is said. */
  send(kind: MessageKind, body: object, headers: Record<string, string> = {}): void {
    if (!this.link.isConnected) return;
    const text = JSON.stringify({ v: 1, agent_id: this.address.agentId, ...body });
    this.link.send({ subject: agentSubject(this.address, kind), body: Buffer.from(text), headers });
  }

  async close(): Promise<void> {
    await this.commands?.stop();
    await this.link.close();
  }
}
