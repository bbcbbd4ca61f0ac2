import { MAX_MESSAGE_BYTES } from '#libs/contracts';
import { describeError, type MessagingLog } from './log.ts';
import { BrokerUnavailableError } from './messaging.errors.ts';
import type { NatsLink } from './nats-link.ts';
import { BackOff, pause } from './pause.ts';
import { PullRequest } from './pull-request.ts';
import type { PulledMessage } from './pulled-message.ts';
import { takeTurns } from './take-turns.ts';
import { WakeUp } from './wake-up.ts';

export interface PullerOptions {
  link: NatsLink;
  stream: string;
  consumer: string;
  /** Most messages in hand: waiting here and being handled. */
  capacity: number;
  /** Most bytes in hand, and never less than two of the largest messages. */
  capacityBytes?: number | undefined;
  /** Re-creates what is missing; an agent, which may not, leaves it out and waits. */
  ensure?: (() => Promise<void>) | undefined;
  /** How long one request for messages stands; at least a second. */
  pullMs?: number | undefined;
  log: MessagingLog;
}

/** Three consumers of an orchestrator with half a gigabyte may have this in hand, each message decoded several times over. */
const DEFAULT_CAPACITY_BYTES = 32 * 1024 * 1024;

/** As much may still be asked for only while the largest message would fit into it. */
const LEAST_BYTES = 2 * MAX_MESSAGE_BYTES;

/**
 * Pulls from one durable consumer into a bounded queue, and goes on for ever: over reconnections, deleted consumers and
 * deleted streams. It asks only for what there is room for, so a handler that waits also stops the pulling.
 */
export class MessagePuller {
  private queue: PulledMessage[] = [];
  private readonly held = new Set<PulledMessage>();
  private heldBytes = 0;
  private readonly stopping = new AbortController();
  private readonly wake = new WakeUp();
  private fetching: PullRequest | undefined;
  private loop: Promise<void> = Promise.resolve();
  private leave: () => void = () => {};

  constructor(private readonly options: PullerOptions) {}

  /** Everything that was pulled and not yet released. */
  get inHand(): Iterable<PulledMessage> {
    return this.held;
  }

  start(): void {
    // The server forgot what was asked of it before; waiting for its silence to be noticed would cost seconds.
    this.leave = this.options.link.onReconnected(() => this.fetching?.stop());
    this.loop = this.run();
  }

  /**
   * For one who takes: as soon as there is one at least one message, and no more than so many with so many bytes in all; an empty list
   * once it was stopped. Subjects take turns, so that who sends much makes none of the others wait.
   */
  async take(limit: { messages: number; bytes: number }): Promise<PulledMessage[]> {
    while (this.queue.length === 0 && !this.stopping.signal.aborted) await this.wake.wait();
    // What came in with the same read of the socket joins the batch: costs no time, saves many calls.
    await new Promise((resolve) => setImmediate(resolve));
    if (this.stopping.signal.aborted) return [];
    this.queue = takeTurns(this.queue, ({ subject }) => subject);
    return this.queue.splice(0, countWithin(this.queue, limit));
  }

  /** The message is settled: its place may be filled. */
  release(message: PulledMessage): void {
    if (this.held.delete(message)) this.heldBytes -= message.bytes;
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
    while (!this.hasRoom && !this.stopping.signal.aborted) await this.wake.wait();
    if (this.stopping.signal.aborted) return;
    const { link, stream, consumer, capacity, pullMs = 10_000 } = this.options;
    // Asking now would only pile up requests that are sent, outdated, after the reconnection.
    if (!link.isConnected) throw new BrokerUnavailableError('the connection is down');
    this.fetching = new PullRequest({
      connection: link.connection,
      inboxPrefix: link.inboxPrefix,
      stream,
      consumer,
      batch: capacity - this.held.size,
      maxBytes: this.capacityBytes - this.heldBytes,
      expiresMs: pullMs,
      onMessage: (message) => {
        backOff.reset();
        this.hold(message);
      },
    });
    await this.fetching.ended;
    backOff.reset();
  }

  private get capacityBytes(): number {
    return Math.max(LEAST_BYTES, this.options.capacityBytes ?? DEFAULT_CAPACITY_BYTES);
  }

  /** Asking for a few at a time costs more than handling them, so some of what is in hand must be settled first. */
  private get hasRoom(): boolean {
    const { capacity } = this.options;
    const fewest = Math.ceil(capacity / 4);
    return capacity - this.held.size >= fewest && this.capacityBytes - this.heldBytes >= LEAST_BYTES;
  }

  private hold(message: PulledMessage): void {
    this.held.add(message);
    this.heldBytes += message.bytes;
    this.queue.push(message);
    this.wake.notify();
  }
}

/** How many of the first ones stay within the limit; one at least. */
function countWithin(queue: readonly PulledMessage[], limit: { messages: number; bytes: number }): number {
  let bytes = 0;
  const tooMuch = queue.findIndex((message, index) => index >= limit.messages || (bytes += message.bytes) > limit.bytes);
  return tooMuch === -1 ? queue.length : Math.max(1, tooMuch);
}
