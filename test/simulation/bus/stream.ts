import { UnexpectedSequenceError } from '#libs/messaging';
import type { Consumer } from './consumer.ts';
import type { StoredMessage } from './stored-message.ts';

export interface StreamOptions {
  readonly name: string;
  readonly takes: (subject: string) => boolean;
  /** What is acknowledged is gone; otherwise only the last one is kept. */
  readonly isWorkQueue: boolean;
}

interface Acknowledged {
  readonly message: StoredMessage;
  readonly consumer: Consumer;
  readonly atMs: number;
}

const MESSAGE_ID = 'Nats-Msg-Id';
const DUPLICATE_WINDOW_MS = 120_000;

export interface Stored {
  readonly sequence: number;
  /** `undefined` for a repetition. */
  readonly message: StoredMessage | undefined;
}

/** A stream, as JetStream keeps one: acknowledged before it is on the disk. */
export class Stream {
  readonly consumers = new Map<string, Consumer>();
  readonly messages = new Map<number, StoredMessage>();
  lastSequence = 0;
  private readonly ids = new Map<string, StoredMessage>();
  private acknowledged: Acknowledged[] = [];

  constructor(readonly options: StreamOptions) {}

  get last(): StoredMessage | undefined {
    return this.messages.get(this.lastSequence);
  }

  /** @throws UnexpectedSequenceError */
  store(message: Omit<StoredMessage, 'sequence'>, expectedLastSequence?: number): Stored {
    const id = message.headers[MESSAGE_ID];
    const known = id === undefined ? undefined : this.ids.get(id);
    if (known !== undefined && message.storedAtMs - known.storedAtMs < DUPLICATE_WINDOW_MS)
      return { sequence: known.sequence, message: undefined };
    if (expectedLastSequence !== undefined && expectedLastSequence !== this.lastSequence)
      throw new UnexpectedSequenceError(message.subject);
    if (!this.options.isWorkQueue) this.messages.clear();
    this.lastSequence += 1;
    const stored = { ...message, sequence: this.lastSequence };
    this.messages.set(stored.sequence, stored);
    if (id !== undefined) this.ids.set(id, stored);
    for (const consumer of this.consumers.values()) if (consumer.takes(stored)) consumer.pending.push(stored);
    return { sequence: stored.sequence, message: stored };
  }

  acknowledge(consumer: Consumer, sequence: number, atMs: number): void {
    const message = this.messages.get(sequence);
    if (!consumer.unacknowledged.delete(sequence) || message === undefined || !this.options.isWorkQueue) return;
    this.messages.delete(sequence);
    this.acknowledged = [...this.acknowledged.filter((one) => one.atMs > atMs - 5_000), { message, consumer, atMs }];
  }

  /** What came in or was acknowledged since then was never written down. */
  cutPower(sinceMs: number): void {
    const lost = [...this.messages.values()].filter(({ storedAtMs }) => storedAtMs > sinceMs);
    for (const { sequence } of lost) this.messages.delete(sequence);
    const sequences = new Set(lost.map(({ sequence }) => sequence));
    for (const consumer of this.consumers.values()) consumer.forget(sequences);
    for (const [id, message] of this.ids) if (message.storedAtMs > sinceMs) this.ids.delete(id);
    for (const { message, consumer, atMs } of this.acknowledged) {
      if (atMs <= sinceMs || message.storedAtMs > sinceMs) continue;
      this.messages.set(message.sequence, message);
      consumer.pending.push(message);
    }
    this.acknowledged = [];
    const gone = lost.map(({ sequence }) => sequence);
    if (gone.length > 0) this.lastSequence = Math.min(...gone) - 1;
  }
}
