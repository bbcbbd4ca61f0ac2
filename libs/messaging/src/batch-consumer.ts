import { ACK_WAIT_MS } from './consumer-definitions.ts';
import { CrashCounts } from './crash-counts.ts';
import type { DeadLetterSink } from './dead-letter.ts';
import { type InboundMessage, JetStreamMessage } from './inbound-message.ts';
import { describeError, type MessagingLog } from './log.ts';
import { MessagePuller } from './message-puller.ts';
import { UnsettledMessagesError } from './messaging.errors.ts';
import type { NatsLink } from './nats-link.ts';
import { BackOff, pause } from './pause.ts';
import type { PulledMessage } from './pulled-message.ts';
import { areSettlements, deadLetter as giveUp, decideAfterFailure, isCrash, type Settlement } from './settlement.ts';

/**
 * Handles a batch: all or some of what has piled up. Returns one settlement per message, in order, after the commit. Throwing
 * an unavailable error makes the consumer wait and hand the same batch in again; any other error makes it look for the culprit
 * by handing in the messages one by one. So a handler must bear seeing a message twice.
 */
export type BatchHandler = (messages: readonly InboundMessage[]) => Promise<readonly Settlement[]>;

export interface BatchConsumerOptions {
  link: NatsLink;
  stream: string;
  consumer: string;
  handle: BatchHandler;
  deadLetter: DeadLetterSink;
  log: MessagingLog;
  /** Most messages in one call. */
  batchSize?: number;
  /** Most bytes of messages in one call; a larger message goes alone. */
  batchBytes?: number | undefined;
  /** Most batches that are handled at once, one unless told. Another is handed in only while those have fewer than `batchBytes`. */
  batchesAtOnce?: number | undefined;
  /** Of two calls that follow each other, how long the second waits at least after the first: what comes in this time goes together. */
  minStepMs?: number;
  /** Most bytes of messages in hand, and never less than two of the largest. */
  capacityBytes?: number;
  /** How long the broker waits before it delivers a message again; what is in hand is announced three times in it. */
  ackWaitMs?: number;
  /** How long one request for messages stands. */
  pullMs?: number;
  /** Re-creates the consumer when it is missing. */
  ensure?: () => Promise<void>;
  /** How long to wait before a dependency that was away is tried again: first and longest. */
  holdMs?: { first: number; longest: number };
  /** Hears of each step of a batch before the next one is taken, for tests that break it there. */
  onStep?: ConsumerStepListener;
}

/** `handled`: nothing is acknowledged yet; `acknowledged`: all that was handled; `buried`: a dead letter is stored, its message is not ended. */
export type ConsumerStep = 'handled' | 'acknowledged' | 'buried';

export type ConsumerStepListener = (step: ConsumerStep) => Promise<unknown> | undefined;

export interface RunningConsumer {
  /** Lets the running handlers end, gives the rest back, and sends the last acknowledgements. */
  stop(): Promise<void>;
}

interface Job {
  raw: PulledMessage;
  message: InboundMessage;
}

/** Each may be as large as a message. */
const DEAD_LETTERS_AT_ONCE = 32;

const isDamaged = ({ raw }: Job): boolean => raw.damage !== undefined;
const refuseDamaged = ({ raw }: Job): Settlement =>
  giveUp('unreadable-headers', `the headers can not be read: ${raw.damage ?? ''}`);

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((all, number) => all + number, 0);

const crashKey = (raw: PulledMessage): string => `${raw.sequence}@${raw.storedAtNanos}`;

class BatchConsumer implements RunningConsumer {
  private readonly puller: MessagePuller;
  private readonly crashes = new CrashCounts();
  private readonly stopping = new AbortController();
  private readonly working: Promise<void>;
  private readonly beat: NodeJS.Timeout;
  private readonly limit: { messages: number; bytes: number };

  constructor(private readonly options: BatchConsumerOptions) {
    const { link, stream, consumer, ensure, pullMs, log, capacityBytes, batchSize = 100, batchBytes = Infinity } = options;
    this.limit = { messages: batchSize, bytes: batchBytes };
    const capacity = batchSize * 2; // the next batch waits here while one is handled
    this.puller = new MessagePuller({ link, stream, consumer, capacity, capacityBytes, ensure, pullMs, log });
    this.puller.start();
    this.working = this.work();
    this.beat = setInterval(() => this.sayWorking(), (options.ackWaitMs ?? ACK_WAIT_MS) / 3);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.puller.stop();
    await this.working;
    clearInterval(this.beat);
    const { link } = this.options;
    if (link.isConnected) await link.connection.flush().catch(() => undefined);
  }

  private async work(): Promise<void> {
    const { batchesAtOnce = 1, minStepMs = 0 } = this.options;
    const handled = new Map<Promise<void>, number>();
    const isFull = (): boolean => handled.size >= batchesAtOnce || sum(handled.values()) >= this.limit.bytes;
    for (;;) {
      const batch = await this.puller.take(this.limit);
      if (batch.length === 0) break;
      const takenAtMs = performance.now();
      const now = this.takeIn(batch).finally(() => handled.delete(now));
      handled.set(now, sum(batch.map(({ bytes }) => bytes)));
      while (isFull()) await Promise.race(handled.keys());
      const earlyMs = takenAtMs + minStepMs - performance.now();
      if (earlyMs > 0) await pause(earlyMs, this.stopping.signal);
    }
    await Promise.all(handled.keys());
  }

  private async takeIn(batch: readonly PulledMessage[]): Promise<void> {
    const jobs = batch.map((raw) => ({ raw, message: new JetStreamMessage(raw) }));
    await this.settleAll(jobs.filter(isDamaged).map((job) => [job, refuseDamaged(job)]));
    const sound = jobs.filter((job) => !isDamaged(job));
    if (sound.length > 0) await this.handle(sound);
  }

  private async handle(batch: readonly Job[]): Promise<void> {
    const { holdMs = { first: 100, longest: 5_000 } } = this.options;
    const backOff = new BackOff(holdMs.first, holdMs.longest);
    while (!(await this.attempt(batch))) {
      await pause(backOff.next(), this.stopping.signal);
      if (this.stopping.signal.aborted) return this.giveBack(batch);
    }
  }

  /** One call of the handler; false when the batch has to be held for a dependency. */
  private async attempt(batch: readonly Job[]): Promise<boolean> {
    try {
      const settlements = await this.callHandler(batch);
      await this.options.onStep?.('handled');
      await this.settleAll(batch.map((job, index) => [job, settlements[index] ?? { action: 'retry', delayMs: 0 }]));
      await this.options.onStep?.('acknowledged');
      return true;
    } catch (error) {
      return await this.afterFailure(batch, error);
    }
  }

  private async callHandler(batch: readonly Job[]): Promise<readonly Settlement[]> {
    const settlements: unknown = await this.options.handle(batch.map((job) => job.message));
    if (!areSettlements(settlements, batch.length)) throw new UnsettledMessagesError(this.options.consumer);
    return settlements;
  }

  private async afterFailure(batch: readonly Job[], error: unknown): Promise<boolean> {
    const [first] = batch;
    if (first === undefined) return true;
    const isAlone = batch.length === 1;
    const crashes = isAlone && isCrash(error) ? this.crashes.add(crashKey(first.raw)) : 0;
    const decision = decideAfterFailure(error, { size: batch.length, crashes });
    const { consumer, log } = this.options;
    log('warn', `a handler failed: ${decision.action}`, {
      consumer,
      crashes,
      subject: first.raw.subject,
      error: describeError(error),
    });
    if (decision.action === 'hold') return false;
    if (decision.action === 'split') for (const job of batch) await this.handle([job]);
    else await this.settle(first, decision);
    return true;
  }

  /** Dead letters together, so that they share commits; a few at a time, so that large ones don't fill the log's queue. */
  private async settleAll(settled: readonly (readonly [Job, Settlement])[]): Promise<void> {
    const waiting = settled.values();
    const work = async (): Promise<void> => {
      for (const [job, settlement] of waiting) await this.settle(job, settlement);
    };
    await Promise.all(Array.from({ length: DEAD_LETTERS_AT_ONCE }, work));
  }

  /**
   * A plain acknowledgement, not one that the server confirms: a lost one costs a re-delivery, which the idempotent handler
   * answers at once, while a confirmed one costs a round trip for every message.
   */
  private async settle({ raw, message }: Job, settlement: Settlement): Promise<void> {
    switch (settlement.action) {
      case 'ack':
        this.answer(raw, () => raw.ack());
        break;
      case 'retry':
        this.answer(raw, () => raw.nak(settlement.delayMs));
        break;
      case 'dead-letter':
        if (!(await this.bury(raw, message, settlement))) return;
    }
    if (settlement.action !== 'retry') this.crashes.forget(crashKey(raw));
    this.puller.release(raw);
  }

  /** Terminates the message once the sink has it; false when we had to stop before that. */
  private async bury(raw: PulledMessage, message: InboundMessage, why: { reasonCode: string; reason: string }): Promise<boolean> {
    const { stream, consumer, deadLetter, log } = this.options;
    const { subject, sequence, messageId, storedAt, deliveries, data } = message;
    const reason = why.reason.slice(0, 1_000);
    const backOff = new BackOff(100, 5_000);
    for (;;) {
      try {
        await deadLetter({ stream, consumer, subject, sequence, messageId, storedAt, deliveries, data, ...why, reason });
        await this.options.onStep?.('buried');
        this.answer(raw, () => raw.term(why.reasonCode));
        return true;
      } catch (error) {
        log('error', 'a dead letter could not be stored yet', { consumer, subject, error: describeError(error) });
        await pause(backOff.next(), this.stopping.signal);
        if (!this.stopping.signal.aborted) continue;
        this.giveBack([{ raw, message }]);
        return false;
      }
    }
  }

  private giveBack(batch: readonly Job[]): void {
    for (const { raw } of batch) {
      this.answer(raw, () => raw.nak());
      this.puller.release(raw);
    }
  }

  private sayWorking(): void {
    if (this.options.link.isConnected) for (const raw of this.puller.inHand) this.answer(raw, () => raw.working());
  }

  /** An answer that can't be sent is not an error: the broker delivers the message again. */
  private answer(raw: PulledMessage, send: () => void): void {
    try {
      send();
    } catch (error) {
      this.options.log('debug', 'an answer could not be sent', { subject: raw.subject, error: describeError(error) });
    }
  }
}

/** Starts to consume; the one way of consuming in this repository. */
export const startBatchConsumer = (options: BatchConsumerOptions): RunningConsumer => new BatchConsumer(options);
