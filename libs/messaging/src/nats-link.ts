import { jetstream, type JetStreamClient } from '@nats-io/jetstream';
import { headers, type MsgHdrs, type NatsConnection, nkeyAuthenticator } from '@nats-io/nats-core';
import { connect } from '@nats-io/transport-node';
import { HEADERS } from '#libs/contracts';
import { describeError, type MessagingLog } from './log.ts';
import { BrokerUnavailableError, InvalidNkeySeedError } from './messaging.errors.ts';
import { BackOff, pause } from './pause.ts';
import { toPublishError } from './publish-failure.ts';
import { assertSupportedServer } from './server-version.ts';

export interface NatsLinkOptions {
  servers: string | readonly string[];
  /** Shown in the server's connection list and log. */
  name: string;
  /** Content of an nkey seed file. Without one only a server without authentication lets us in. */
  nkeySeed?: string;
  /** Replies come in under this prefix; an agent's credential allows only its own. */
  inboxPrefix?: string;
  log: MessagingLog;
  /** Ends the endless first attempt to connect. */
  signal?: AbortSignal;
}

export interface OutboundMessage {
  subject: string;
  body: Uint8Array;
  /** The same id within the stream's duplicate window is stored once. */
  messageId?: string;
  headers?: Readonly<Record<string, string>>;
  timeoutMs?: number;
}

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
   * @throws BrokerUnavailableError | PublishRefusedError
   */
  async publish(message: OutboundMessage): Promise<BrokerAck> {
    this.assertConnected();
    try {
      const options = { headers: toHeaders(message), timeout: message.timeoutMs ?? 5_000 };
      const stored = await this.jetStream.publish(message.subject, message.body, options);
      return { stream: stored.stream, sequence: stored.seq, isDuplicate: stored.duplicate };
    } catch (error) {
      throw toPublishError(message.subject, error);
    }
  }

  /**
   * Publishes without a stream behind it: whoever listens gets it, or nobody.
   * @throws BrokerUnavailableError | PublishRefusedError
   */
  send(message: Omit<OutboundMessage, 'timeoutMs'>): void {
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

function toHeaders({ messageId, headers: extra = {} }: Pick<OutboundMessage, 'messageId' | 'headers'>): MsgHdrs {
  const all = headers();
  for (const [name, value] of Object.entries(extra)) all.set(name, value);
  if (messageId !== undefined) all.set(HEADERS.messageId, messageId);
  return all;
}

function toAuthenticator(seed: string): ReturnType<typeof nkeyAuthenticator> {
  const line = seed.trim();
  if (!/^SU[A-Z2-7]{56}$/.test(line)) throw new InvalidNkeySeedError();
  return nkeyAuthenticator(new TextEncoder().encode(line));
}

/**
 * Connects, however long the server takes to appear, and stays connected. An authentication that is refused is retried too:
 * the server may learn of the credential later.
 *
 * @throws UnsupportedNatsServerError | InvalidNkeySeedError, or BrokerUnavailableError when `signal` ends the attempts
 */
export async function connectToNats(options: NatsLinkOptions): Promise<NatsLink> {
  const { log, signal = new AbortController().signal } = options;
  const authenticator = options.nkeySeed === undefined ? undefined : toAuthenticator(options.nkeySeed);
  const backOff = new BackOff(100, 2_000);
  for (let lastError: unknown; !signal.aborted;) {
    try {
      const connection = await connect({
        servers: typeof options.servers === 'string' ? options.servers : [...options.servers],
        name: options.name,
        ...(authenticator === undefined ? {} : { authenticator }),
        ...(options.inboxPrefix === undefined ? {} : { inboxPrefix: options.inboxPrefix }),
        maxReconnectAttempts: -1,
        reconnectTimeWait: 250,
        reconnectJitter: 250,
        ignoreAuthErrorAbort: true,
        pingInterval: 10_000,
        maxPingOut: 2,
        timeout: 5_000,
      });
      return await accept(connection, log);
    } catch (error) {
      if (error instanceof Error && error.name === 'UnsupportedNatsServerError') throw error;
      if (describeError(error) !== describeError(lastError))
        log('warn', 'NATS can not be reached', { error: describeError(error) });
      lastError = error;
      await pause(backOff.next(), signal);
    }
  }
  throw new BrokerUnavailableError('connecting was given up');
}

async function accept(connection: NatsConnection, log: MessagingLog): Promise<NatsLink> {
  try {
    assertSupportedServer(connection.info ?? { version: 'unknown' });
  } catch (error) {
    await connection.close();
    throw error;
  }
  return new NatsLink(connection, log);
}
