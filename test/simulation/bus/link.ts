import {
  BrokerUnavailableError,
  type BrokerAck,
  type ConsumerDefinition,
  type CoreMessage,
  type NatsLink,
  type OutboundMessage,
} from '#libs/messaging';
import type { MsgImpl } from '@nats-io/nats-core/internal';
import type { SimProcess } from '../runtime/sim-process.ts';
import type { Bus } from './bus.ts';
import type { StoredMessage } from './stored-message.ts';

/** How long whoever publishes waits for the broker's word. */
const PATIENCE_MS = 5_000;
const PULL = /^\$JS\.API\.CONSUMER\.MSG\.NEXT\.([^.]+)\.(.+)$/;
const INFO = /^\$JS\.API\.STREAM\.(INFO|MSG\.GET)\.(.+)$/;

type Callback = (error: null, message: MsgImpl) => void;

/** One connection of one process to the bus, where a real one has `NatsLink`. */
export class SimLink {
  isConnected = true;
  private readonly reconnected = new Set<() => void>();
  private readonly inboxes = new Map<string, Callback>();
  private lastArrivalMs = 0;
  private lastLossMs = 0;
  private downUntilMs = 0;

  constructor(
    private readonly bus: Bus,
    private readonly owner: SimProcess,
  ) {
    bus.links.add(this);
  }

  /** What the product takes for a connection to NATS. */
  get asNatsLink(): NatsLink {
    return this as unknown as NatsLink;
  }

  /** What pulling consumers and readers of streams need of the connection itself. */
  readonly connection = {
    options: {},
    isClosed: (): boolean => false,
    flush: async (): Promise<void> => undefined,
    subscribe: (inbox: string, { callback }: { callback: Callback }): { unsubscribe: () => void } => {
      this.inboxes.set(inbox, callback);
      return { unsubscribe: (): void => void this.inboxes.delete(inbox) };
    },
    publish: (subject: string, body: string, { reply }: { reply: string }): void => this.beginPull(subject, body, reply),
    request: (subject: string): Promise<{ data: Uint8Array }> => this.ask(subject),
  };

  async addConsumer(definition: ConsumerDefinition): Promise<void> {
    this.bus.addConsumer(definition);
  }

  onReconnected(listener: () => void): () => void {
    this.reconnected.add(listener);
    return () => this.reconnected.delete(listener);
  }

  subscribe(subject: string, listener: (message: CoreMessage) => void): () => void {
    return this.bus.subscribe(this.owner, subject, (message) => {
      if (this.isConnected) listener(message);
    });
  }

  publish({ expectedLastSequence, ...message }: OutboundMessage): Promise<BrokerAck> {
    return new Promise((resolve, reject) => {
      if (!this.isConnected) return reject(new BrokerUnavailableError('the connection is down'));
      const { scheduler, weather } = this.bus;
      const silence = scheduler.schedule(PATIENCE_MS, this.owner, () => reject(new BrokerUnavailableError('no answer in time')));
      this.transfer(message, (stored) => {
        const outcome = this.tryToStore(stored, expectedLastSequence);
        const [backMs] = weather.pass().delaysMs;
        if (backMs === undefined) return;
        scheduler.schedule(backMs, this.owner, () => {
          silence.isCancelled = true;
          if ('error' in outcome) reject(outcome.error);
          else resolve(outcome.ack);
        });
      });
    });
  }

  send(message: OutboundMessage): void {
    if (!this.isConnected) throw new BrokerUnavailableError('the connection is down');
    this.transfer(message, (stored) => void this.bus.take(stored));
  }

  /** The connection breaks, and comes back after a while; of two that overlap the longer one counts. */
  disconnect(downMs: number): void {
    const { scheduler } = this.bus;
    this.isConnected = false;
    this.lastLossMs = scheduler.nowMs;
    const untilMs = scheduler.nowMs + downMs;
    if (untilMs <= this.downUntilMs) return;
    this.downUntilMs = untilMs;
    scheduler.schedule(downMs, this.owner, () => {
      if (this.isConnected || this.downUntilMs !== untilMs) return;
      this.isConnected = true;
      for (const listener of this.reconnected) listener();
    });
  }

  private transfer(
    { subject, body, messageId, headers = {} }: OutboundMessage,
    arrive: (message: Omit<StoredMessage, 'sequence' | 'storedAtMs'>) => void,
  ): void {
    const { scheduler, weather, process } = this.bus;
    const { delaysMs, isInOrder } = weather.pass();
    const all = messageId === undefined ? headers : { ...headers, 'Nats-Msg-Id': messageId };
    for (const delayMs of delaysMs) {
      let atMs = scheduler.nowMs + delayMs;
      if (isInOrder) this.lastArrivalMs = atMs = Math.max(atMs, this.lastArrivalMs);
      scheduler.schedule(atMs - scheduler.nowMs, process, () => arrive({ subject, body, headers: all }));
    }
  }

  private tryToStore(
    message: Omit<StoredMessage, 'sequence' | 'storedAtMs'>,
    expectedLastSequence: number | undefined,
  ): { ack: BrokerAck } | { error: Error } {
    try {
      return { ack: { stream: '', sequence: this.bus.take(message, expectedLastSequence), isDuplicate: false } };
    } catch (error) {
      return { error: error instanceof Error ? error : new Error(String(error)) };
    }
  }

  private beginPull(subject: string, body: string, inbox: string): void {
    const [, stream = '', consumer = ''] = PULL.exec(subject) ?? [];
    const { batch, expires } = JSON.parse(body) as { batch: number; expires: number };
    const startedMs = this.bus.scheduler.nowMs;
    const pull = {
      owner: this.owner,
      inbox,
      left: batch,
      arrivesAtMs: 0,
      isOpen: () => this.owner.isAlive && this.isConnected && this.lastLossMs <= startedMs && this.inboxes.has(inbox),
      receive: (message: MsgImpl) => this.inboxes.get(inbox)?.(null, message),
    };
    this.bus.scheduler.schedule(this.bus.weather.shortWayMs(), this.bus.process, () =>
      this.bus.pull(stream, consumer, pull, expires / 1_000_000),
    );
  }

  /** What a stream's keeper is asked: where it ends, and what its last message is. */
  private ask(subject: string): Promise<{ data: Uint8Array }> {
    const [, what, name = ''] = INFO.exec(subject) ?? [];
    return new Promise((resolve, reject) => {
      const { scheduler, weather, process } = this.bus;
      if (!this.isConnected || weather.chance(weather.roughness.lost)) {
        scheduler.schedule(PATIENCE_MS, this.owner, () => reject(new BrokerUnavailableError('no answer in time')));
        return;
      }
      scheduler.schedule(weather.shortWayMs(), process, () => {
        const data = Buffer.from(JSON.stringify(this.describeStream(name, what === 'INFO')));
        scheduler.schedule(weather.shortWayMs(), this.owner, () => resolve({ data }));
      });
    });
  }

  private describeStream(name: string, isInfo: boolean): object {
    const stream = this.bus.streams.get(name);
    const last = stream?.last;
    const state = { messages: last === undefined ? 0 : 1, last_seq: stream?.lastSequence ?? 0 };
    if (isInfo) return { state, config: { max_age: 0 }, ts: new Date().toISOString() };
    if (last === undefined) return { error: { code: 404, err_code: 10_037, description: 'no message found' } };
    const head = `NATS/1.0\r\n${Object.entries(last.headers)
      .map(([key, value]) => `${key}: ${value}\r\n`)
      .join('')}\r\n`;
    const message = {
      subject: last.subject,
      seq: last.sequence,
      data: Buffer.from(last.body).toString('base64'),
      hdrs: Buffer.from(head).toString('base64'),
    };
    return { message };
  }
}
