import { jetstream, type JetStreamClient } from '@nats-io/jetstream';
import { headers, type MsgHdrs, type NatsConnection } from '@nats-io/nats-core';
import { HEADERS } from '#libs/contracts';
import { describeError, type MessagingLog } from './log.ts';
import { BrokerUnavailableError, UnexpectedSequenceError } from './messaging.errors.ts';
import { toPublishError } from './publish-failure.ts';

const EXPECTED_LAST_SEQUENCE = 'Nats-Expected-Last-Sequence';
const EXPECTED_LAST_ID = 'Nats-Expected-Last-Msg-Id';

export interface OutboundMessage {
  subject: string;
  body: Uint8Array;
  /** The same id within the stream's duplicate window is stored once. */
  messageId?: string;
  headers?: Readonly<Record<string, string>>;
  timeoutMs?: number;
  /** The stream takes the message only if it ends with this sequence, so that it becomes the very next one. */
  expectedLastSequence?: number;
}

export type IdentifiedMessage = OutboundMessage & { messageId: string };

/** The broker says that it has stored the message. A hint: it may have been forgotten after a crash. */
export interface BrokerAck {
  stream: string;
  sequence: number;
  isDuplicate: boolean;
}

/** A message that no stream holds. */
export interface CoreMessage {
  subject: string;
  data: Uint8Array;
  header(name: string): string | undefined;
}

/**
 * One connection to NATS that comes back by itself, for ever. Publishing while it is away fails at once instead of filling a
 * buffer: whoever needs the message sent keeps it until then.
 */
export class NatsLink {
  readonly jetStream: JetStreamClient;
  private connected = true;
  private readonly reconnectListeners = new Set<() => void>();

  constructor(
    readonly connection: NatsConnection,
    private readonly log: MessagingLog,
    /** Replies come in below it; `_INBOX` unless told. */
    readonly inboxPrefix?: string,
  ) {
    this.jetStream = jetstream(connection);
    void this.watchStatus();
  }

  get isConnected(): boolean {
    return this.connected && !this.connection.isClosed();
  }

  /** Runs `listener` after each reconnection. Returns what takes it off again. */
  onReconnected(listener: () => void): () => void {
    this.reconnectListeners.add(listener);
    return () => this.reconnectListeners.delete(listener);
  }

  /**
   * Publishes into a stream and waits until the broker has it.
   * @throws BrokerUnavailableError | PublishRefusedError | UnexpectedSequenceError
   */
  async publish(message: OutboundMessage): Promise<BrokerAck> {
    this.assertConnected();
    const { subject, body, timeoutMs: timeout = 5_000, expectedLastSequence: lastSequence } = message;
    const options = {
      headers: toHeaders(message),
      timeout,
      ...(lastSequence === undefined ? {} : { expect: { lastSequence } }),
    };
    const stored = await this.jetStream.publish(subject, body, options).catch((error: unknown) => {
      throw toPublishError(subject, error);
    });
    // A duplicate is answered with the place that it was stored at, before any expectation is looked at.
    if (lastSequence !== undefined && stored.seq !== lastSequence + 1) throw new UnexpectedSequenceError(subject);
    return { stream: stored.stream, sequence: stored.seq, isDuplicate: stored.duplicate };
  }

  /**
   * Publishes messages into a stream one right behind the other, the first one behind `lastSequence`. Each is taken only behind
   * the one before it, known by number and id, so that the answer to the last one stands for all.
   * @throws BrokerUnavailableError | PublishRefusedError | UnexpectedSequenceError: some of the first ones may be there.
   */
  async publishInOrder(messages: readonly IdentifiedMessage[], lastSequence: number): Promise<void> {
    const row = messages.map((message, index) => expectBefore(message, messages[index - 1]?.messageId));
    const last = row.pop();
    if (last === undefined) return;
    for (const [index, message] of row.entries()) {
      this.send({ ...message, headers: { ...message.headers, [EXPECTED_LAST_SEQUENCE]: String(lastSequence + index) } });
    }
    await this.publish({ ...last, expectedLastSequence: lastSequence + row.length });
  }

  /**
   * Publishes without waiting for an answer: whoever listens gets it, or nobody.
   * @throws BrokerUnavailableError | PublishRefusedError
   */
  send(message: Omit<OutboundMessage, 'timeoutMs' | 'expectedLastSequence'>): void {
    this.assertConnected();
    try {
      this.connection.publish(message.subject, message.body, { headers: toHeaders(message) });
    } catch (error) {
      throw toPublishError(message.subject, error);
    }
  }

  /** Listens to core messages, over reconnections. Returns what ends it. */
  subscribe(subject: string, listener: (message: CoreMessage) => void): () => void {
    const subscription = this.connection.subscribe(subject, {
      callback: (error, message) => {
        if (error !== null) {
          this.log('error', `the subscription to ${subject} ended`, { error: describeError(error) });
          return;
        }
        const header = (name: string): string | undefined => message.headers?.get(name) || undefined;
        listener({ subject: message.subject, data: message.data, header });
      },
    });
    return () => subscription.unsubscribe();
  }

  /** Sends what is on its way, then closes. */
  async close(): Promise<void> {
    if (this.connection.isClosed()) return;
    if (this.isConnected) await this.connection.flush().catch(() => undefined);
    await this.connection.close();
  }

  private assertConnected(): void {
    if (!this.isConnected) throw new BrokerUnavailableError('the connection is down');
  }

  private async watchStatus(): Promise<void> {
    for await (const status of this.connection.status()) {
      switch (status.type) {
        case 'disconnect':
          this.connected = false;
          this.log('warn', 'the connection to NATS is lost', { server: status.server });
          break;
        case 'reconnect':
          this.connected = true;
          this.log('info', 'connected to NATS again', { server: status.server });
          for (const listener of this.reconnectListeners) listener();
          break;
        case 'error':
          this.log('error', 'NATS reports an error', { error: describeError(status.error) });
          break;
        case 'slowConsumer':
          this.log('warn', 'a subscription can not keep up', { subject: status.sub.getSubject(), pending: status.pending });
          break;
        case 'close':
        case 'forceReconnect':
        case 'ldm':
        case 'ping':
        case 'reconnecting':
        case 'staleConnection':
        case 'update':
          this.log('debug', `NATS: ${status.type}`);
      }
    }
  }
}

const expectBefore = (message: IdentifiedMessage, before: string | undefined): IdentifiedMessage =>
  before === undefined ? message : { ...message, headers: { ...message.headers, [EXPECTED_LAST_ID]: before } };

function toHeaders({ messageId, headers: extra = {} }: Pick<OutboundMessage, 'messageId' | 'headers'>): MsgHdrs {
  const all = headers();
  for (const [name, value] of Object.entries(extra)) all.set(name, value);
  if (messageId !== undefined) all.set(HEADERS.messageId, messageId);
  return all;
}
