import { readFile } from 'node:fs/promises';
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
import type { AgentTransport, CommandSettlement, OutboundMessage, TransportListeners } from './agent-transport.ts';

export interface NatsTransportOptions {
  readonly agent: AgentAddress;
  readonly url: string;
  readonly nkeySeedFile: string | undefined;
  readonly log: AgentLog;
}

const CONTROL_RETRY_MS = 1_000;

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
  private commands: RunningConsumer | undefined;
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly options: NatsTransportOptions) {}

  get isConnected(): boolean {
    return this.link?.isConnected === true;
  }

  start(listeners: TransportListeners): void {
    this.running = this.connect(listeners).catch((error: unknown) => {
      if (!this.stopping.signal.aborted) this.options.log('error', 'NATS is given up', { error: describeError(error) });
    });
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
    await this.running;
    await this.commands?.stop();
    await this.link?.close();
  }

  private async connect(listeners: TransportListeners): Promise<void> {
    const { agent, url, nkeySeedFile, log } = this.options;
    const link = await connectToNats({
      servers: url,
      name: `service-agent ${agent.agentId}`,
      ...(nkeySeedFile === undefined ? {} : { nkeySeed: await readFile(nkeySeedFile, 'utf8') }),
      inboxPrefix: agentInboxPrefix(agent.agentId),
      log,
      signal: this.stopping.signal,
    });
    this.link = link;
    link.subscribe(receiptSubject(agent.tenant, agent.agentId), (message) => listeners.onReceipt(message.data));
    link.subscribe(controlSubject(agent.tenant), (message) => {
      void listeners.onControl(toSigned(message), 'live');
    });
    link.onReconnected(() => {
      listeners.onConnected();
      void this.readControl(link, listeners);
    });
    listeners.onConnected();
    await this.readControl(link, listeners);
    if (this.stopping.signal.aborted) return;
    this.commands = pullCommands({
      link,
      tenant: agent.tenant,
      agentId: agent.agentId,
      log,
      handle: async (message) => toSettlement(await listeners.onCommand(toDelivered(message))),
    });
  }

  /** Until it is known whether anything may be done at all, nothing else matters: tried until it succeeds. */
  private async readControl(link: NatsLink, listeners: TransportListeners): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        const state = await readControlState(link, this.options.agent.tenant);
        if (state !== undefined) await listeners.onControl(toSigned(state), 'stored');
        return;
      } catch (error) {
        this.options.log('debug', 'the control state is not there yet', { error: describeError(error) });
        await this.pause(CONTROL_RETRY_MS);
      }
    }
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.stopping.signal.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

const toDelivered = (message: InboundMessage): SignedMessage & { deliveries: number } => ({
  subject: message.subject,
  body: message.data,
  keyId: message.header(HEADERS.keyId),
  signature: message.header(HEADERS.signature),
  deliveries: message.deliveries,
});
