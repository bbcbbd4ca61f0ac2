import type { SimProcess } from '../runtime/sim-process.ts';
import type { MsgImpl } from '@nats-io/nats-core/internal';
import type { StoredMessage } from './stored-message.ts';

/** Somebody asks for messages. */
export interface Pull {
  readonly owner: SimProcess;
  readonly isOpen: () => boolean;
  readonly inbox: string;
  readonly receive: (message: MsgImpl) => void;
  left: number;
  /** When the last thing that was sent in answer arrives, if it isn't held up: what is sent later comes later. */
  arrivesAtMs: number;
}

interface Delivery {
  readonly message: StoredMessage;
  untilMs: number;
}

/** A durable pull consumer, as JetStream keeps one: what isn't acknowledged in time comes again. */
export class Consumer {
  readonly pending: StoredMessage[] = [];
  readonly unacknowledged = new Map<number, Delivery>();
  pulls: Pull[] = [];
  private readonly deliveries = new Map<number, number>();

  constructor(
    readonly name: string,
    readonly stream: string,
    readonly filter: string | undefined,
    readonly ackWaitMs: number,
  ) {}

  takes({ subject }: StoredMessage): boolean {
    return this.filter === undefined || this.filter === subject;
  }

  /** The next one that may be handed out. */
  takeDue(nowMs: number): StoredMessage | undefined {
    const place = this.pending.findIndex(({ notBeforeMs = 0 }) => notBeforeMs <= nowMs);
    return place === -1 ? undefined : this.pending.splice(place, 1)[0];
  }

  /** How often a message was delivered, this time included. */
  noteDelivery(message: StoredMessage, untilMs: number): number {
    const times = (this.deliveries.get(message.sequence) ?? 0) + 1;
    this.deliveries.set(message.sequence, times);
    this.unacknowledged.set(message.sequence, { message, untilMs });
    return times;
  }

  /** Takes back what nobody has acknowledged in time. */
  giveUp(sequence: number, nowMs: number): boolean {
    const delivery = this.unacknowledged.get(sequence);
    if (delivery === undefined || delivery.untilMs > nowMs) return false;
    this.unacknowledged.delete(sequence);
    this.pending.push(delivery.message);
    return true;
  }

  /** A power cut: these were never there. */
  forget(sequences: ReadonlySet<number>): void {
    const kept = this.pending.filter(({ sequence }) => !sequences.has(sequence));
    this.pending.splice(0, this.pending.length, ...kept);
    for (const sequence of sequences) {
      this.unacknowledged.delete(sequence);
      this.deliveries.delete(sequence);
    }
  }
}
