import { setTimeout as delay } from 'node:timers/promises';
import { type AgentAddress, agentInboxPrefix, agentSubject, controlSubject, HEADERS, receiptSubject } from '#libs/contracts';
import {
  ack,
  connectToNats,
  type CoreMessage,
  deadLetter,
  type InboundMessage,
  type NatsLink,
  pullCommands,
  readControlState,
  retryLater,
  type RunningConsumer,
  type Settlement,
} from '#libs/messaging';
import type { SignedMessage } from '#libs/agent-core';
import { type AgentLog, describeError } from '../runtime/agent-log.ts';
import { TransportUnavailableError } from '../service-agent.errors.ts';
import type {
  AgentTransport,
  CommandSettlement,
  DeliveredCommand,
  OutboundMessage,
  TransportListeners,
} from './agent-transport.ts';
import { ControlReading } from './control-reading.ts';

export interface NatsTransportOptions {
  readonly agent: AgentAddress;
  readonly url: string;
  readonly nkeySeed: string | undefined;
  readonly log: AgentLog;
}

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 60_000;

const toSigned = (message: CoreMessage): SignedMessage => ({
  subject: message.subject,
  body: message.data,
  keyId: message.header(HEADERS.keyId),
  signature: message.header(HEADERS.signature),
});

function toSettlement(settlement: CommandSettlement): Settlement {
  switch (settlement.action) {
    case 'ack':
      return ack();
    case 'retry':
      return retryLater(settlement.delayMs);
    case 'drop':
      return deadLetter(settlement.reasonCode, 'this agent does not trust the command');
  }
}

/** The agent's side of NATS: its own subjects, its command consumer, receipts and the control state. */
export class NatsTransport implements AgentTransport {
  private link: NatsLink | undefined;
  private control: ControlReading | undefined;
  private commands: RunningConsumer | undefined;
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly options: NatsTransportOptions) {}

  get isConnected(): boolean {
    return this.link?.isConnected === true;
  }

  start(listeners: TransportListeners): void {
    this.running = this.connectAtLast(listeners);
  }

  async publish({ kind, body, messageId, headers }: OutboundMessage): Promise<void> {
    if (this.link === undefined) throw new TransportUnavailableError();
    await this.link.publish({
      subject: agentSubject(this.options.agent, kind),
      body: Buffer.from(JSON.stringify(body)),
      ...(messageId === undefined ? {} : { messageId }),
      ...(headers === undefined ? {} : { headers }),
    });
  }

  send({ kind, body }: OutboundMessage): void {
    if (this.link?.isConnected !== true) return;
    this.link.send({ subject: agentSubject(this.options.agent, kind), body: Buffer.from(JSON.stringify(body)) });
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.control?.stop();
    await this.running;
    await this.commands?.stop();
    await this.link?.close();
  }

  /** A server that can't be used, being too old, may be replaced by one that can; an agent without one is of no use. */
  private async connectAtLast(listeners: TransportListeners): Promise<void> {
    const { signal } = this.stopping;
    for (let retryMs = FIRST_RETRY_MS; !signal.aborted; retryMs = Math.min(LAST_RETRY_MS, 2 * retryMs)) {
      try {
        return await this.connect(listeners);
      } catch (error) {
        if (!signal.aborted)
          this.options.log('error', 'NATS can not be used', { error: describeError(error), retry_ms: retryMs });
        await delay(retryMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  private async connect(listeners: TransportListeners): Promise<void> {
    const { agent, url, nkeySeed, log } = this.options;
    const link = await connectToNats({
      servers: url,
      name: `service-agent ${agent.agentId}`,
      ...(nkeySeed === undefined ? {} : { nkeySeed }),
      inboxPrefix: agentInboxPrefix(agent.agentId),
      log,
      signal: this.stopping.signal,
    });
    this.link = link;
    if (this.stopping.signal.aborted) return;
    const control = new ControlReading({ read: () => this.readControl(link, listeners), log });
    this.control = control;
    link.subscribe(receiptSubject(agent.tenant, agent.agentId), (message) => listeners.onReceipt(message.data));
    link.subscribe(controlSubject(agent.tenant), (message) => {
      void listeners.onControl(toSigned(message), 'live');
    });
    const begin = (): void => {
      listeners.onConnected();
      control.begin();
    };
    link.onReconnected(begin);
    begin();
    if (!(await control.isKnown())) return;
    this.commands = pullCommands({
      link,
      tenant: agent.tenant,
      agentId: agent.agentId,
      log,
      // Whether anything may be done is known for a connection only when it was read on that one.
      handle: async (message) =>
        link.isConnected && (await control.isKnown())
          ? toSettlement(await listeners.onCommand(toDelivered(message)))
          : retryLater(0),
    });
  }

  private async readControl(link: NatsLink, listeners: TransportListeners): Promise<void> {
    const state = await readControlState(link, this.options.agent.tenant);
    if (state !== undefined) await listeners.onControl(toSigned(state), 'stored');
  }
}

const toDelivered = (message: InboundMessage): DeliveredCommand => ({
  subject: message.subject,
  body: message.data,
  keyId: message.header(HEADERS.keyId),
  signature: message.header(HEADERS.signature),
  deliveries: message.deliveries,
});
