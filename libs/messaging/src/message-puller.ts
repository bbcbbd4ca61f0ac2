import type { ConsumerInfo, ConsumerMessages, JsMsg } from '@nats-io/jetstream';
import { MAX_MESSAGE_BYTES } from '#libs/contracts';
import { describeError, type MessagingLog } from './log.ts';
import { BrokerUnavailableError } from './messaging.errors.ts';
import type { NatsLink } from './nats-link.ts';
import { BackOff, pause } from './pause.ts';
import { WakeUp } from './wake-up.ts';

export interface PullerOptions {
  link: NatsLink;
  stream: string;
  consumer: string;
  /** Most messages in hand: waiting here and being handled. */
  capacity: number;
  /** Most bytes in hand, unless a single message is larger. */
  capacityBytes?: number | undefined;
  /** Re-creates what is missing; an agent, which may not, leaves it out and waits. */
  ensure?: (() => Promise<void>) | undefined;
  /** How long one request for messages stands; at least a second. */
  pullMs?: number | undefined;
  log: MessagingLog;
}

/** Three consumers of an orchestrator with half a gigabyte may have this in hand, each message decoded several times over. */
const DEFAULT_CAPACITY_BYTES = 32 * 1024 * 1024;

/** Of the body and the headers, as far as they can be large. */
const sizeOf = ({ data, headers }: JsMsg): number =>
  (headers?.keys() ?? []).reduce((sum, name) => sum + name.length + (headers?.get(name).length ?? 0), data.length);

/** The client wants a consumer's description only for its names: asking the server for it is what an agent isn't allowed to do. */
const describeConsumer = (stream: string, name: string): ConsumerInfo => ({
  stream_name: stream,
  name,
  created: '',
  config: { durable_name: name, ack_policy: 'explicit', deliver_policy: 'all', replay_policy: 'instant' },
  delivered: { consumer_seq: 0, stream_seq: 0, last_active: 0 },
  ack_floor: { consumer_seq: 0, stream_seq: 0, last_active: 0 },
  num_ack_pending: 0,
  num_redelivered: 0,
  num_waiting: 0,
  num_pending: 0,
  push_bound: false,
  pause_remaining: 0,
});

/**
 * Pulls from one durable consumer into a bounded queue, and goes on for ever: over reconnections, deleted consumers and
 * deleted streams. It asks only for what there is room for, so a handler that waits also stops the pulling.
 */
export class MessagePuller {
  private readonly queue: JsMsg[] = [];
  private readonly held = new Map<JsMsg, number>();
  private heldBytes = 0;
  private readonly stopping = new AbortController();
  private readonly wake = new WakeUp();
  private fetching: ConsumerMessages | undefined;
  private loop: Promise<void> = Promise.resolve();
  private leave: () => void = () => {};

  constructor(private readonly options: PullerOptions) {}

  /** Everything that was pulled and not yet released. */
  get inHand(): Iterable<JsMsg> {
    return this.held.keys();
  }

  start(): void {
    // The server forgot what was asked of it before; waiting for its silence to be noticed would cost seconds.
    this.leave = this.options.link.onReconnected(() => this.fetching?.stop());
    this.loop = this.run();
  }

  /** At least one message, at most `limit`, as soon as there is one; an empty list once it was stopped. */
  async take(limit: number): Promise<JsMsg[]> {
    while (this.queue.length === 0 && !this.stopping.signal.aborted) await this.wake.wait();
    // What came in with the same read of the socket joins the batch: costs no time, saves many calls.
    await new Promise((resolve) => setImmediate(resolve));
    return this.stopping.signal.aborted ? [] : this.queue.splice(0, limit);
  }

  /** The message is settled: its place may be filled. */
  release(message: JsMsg): void {
    this.heldBytes -= this.held.get(message) ?? 0;
    this.held.delete(message);
    this.wake.notify();
  }

  /** Pulls nothing more and hands out nothing more; what waits here goes back to the broker. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.leave();
    this.fetching?.stop();
    this.wake.notify();
    await this.loop;
    for (const message of this.queue.splice(0)) {
      this.release(message);
      if (this.options.link.isConnected) message.nak();
    }
  }

  private async run(): Promise<void> {
    const { log, stream, consumer } = this.options;
    const backOff = new BackOff(50, 2_000);
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        await this.fetchOnce(backOff);
      } catch (error) {
        if (signal.aborted || this.options.link.connection.isClosed()) return this.wake.notify();
        log('debug', 'pulling was interrupted', { stream, consumer, error: describeError(error) });
        await pause(backOff.next(), signal);
        if (this.options.link.isConnected) await this.options.ensure?.().catch(() => undefined);
      }
    }
  }

  /** One pull request, from asking until it has brought what it may, or expired. */
  private async fetchOnce(backOff: BackOff): Promise<void> {
    while (this.room <= 0 && !this.stopping.signal.aborted) await this.wake.wait();
    if (this.stopping.signal.aborted) return;
    const { link, stream, consumer, pullMs = 10_000 } = this.options;
    // Asking now would only pile up requests that are sent, outdated, after the reconnection.
    if (!link.isConnected) throw new BrokerUnavailableError('the connection is down');
    const handle = link.jetStream.consumers.getConsumerFromInfo(describeConsumer(stream, consumer));
    // bind: no look-up of the consumer after a reconnection.
    this.fetching = await handle.fetch({
      max_messages: this.room,
      expires: pullMs,
      idle_heartbeat: pullMs / 4,
      bind: true,
    });
    for await (const message of this.fetching) {
      backOff.reset();
      this.hold(message);
    }
    backOff.reset();
  }

  /**
   * How many messages may be asked for, were each as large as its stream lets it be. The client can ask for a number of messages
   * or of bytes, not for both; a number holds the bytes too, and what has come is counted as it is.
   */
  private get room(): number {
    const { capacity, capacityBytes = DEFAULT_CAPACITY_BYTES, link } = this.options;
    const largest = Math.min(link.connection.info?.max_payload ?? MAX_MESSAGE_BYTES, MAX_MESSAGE_BYTES);
    const fitting = Math.floor((capacityBytes - this.heldBytes) / largest);
    return Math.min(capacity - this.held.size, this.held.size === 0 ? Math.max(1, fitting) : fitting);
  }

  private hold(message: JsMsg): void {
    const bytes = sizeOf(message);
    this.held.set(message, bytes);
    this.heldBytes += bytes;
    this.queue.push(message);
    this.wake.notify();
  }
}
