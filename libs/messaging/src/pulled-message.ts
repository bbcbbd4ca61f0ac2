import type { MsgImpl } from '@nats-io/nats-core/internal';
import { readMessageHead } from './message-head.ts';

/** What the broker says of a delivery, in the subject on which it wants the answer. */
interface Delivery {
  deliveries: number;
  sequence: number;
  storedAtNanos: bigint;
}

const NO_HEADERS: ReadonlyMap<string, string> = new Map();

/** `$JS.ACK.[<domain>.<account>.]<stream>.<consumer>.<deliveries>.<stream sequence>.<consumer sequence>.<nanoseconds>.<pending>` */
function readDelivery(reply: string): Delivery {
  const tokens = reply.split('.');
  const [deliveries, sequence, , nanos = '0'] = tokens.slice(tokens.length < 11 ? 4 : 6);
  return { deliveries: Number(deliveries), sequence: Number(sequence), storedAtNanos: BigInt(nanos) };
}

/** A message as it came from a stream. Whatever its sender wrote, it can be read far enough to be settled. */
export class PulledMessage {
  readonly deliveries: number;
  readonly sequence: number;
  readonly storedAtNanos: bigint;
  /** Those of `HEADERS` that it has. */
  readonly headers: ReadonlyMap<string, string>;
  /** Why its headers can't be read, if they can't: a server lets through what a client doesn't take. */
  readonly damage: string | undefined;
  /** All that it keeps in memory: subjects, headers and body, readable or not. */
  readonly bytes: number;
  private isAnswered = false;

  constructor(private readonly raw: MsgImpl) {
    ({ deliveries: this.deliveries, sequence: this.sequence, storedAtNanos: this.storedAtNanos } = readDelivery(raw.reply));
    const head = readMessageHead(raw);
    this.headers = 'headers' in head ? head.headers : NO_HEADERS;
    this.damage = 'damage' in head ? head.damage : undefined;
    this.bytes = raw.size();
  }

  get subject(): string {
    return this.raw.subject;
  }

  get data(): Uint8Array {
    return this.raw.data;
  }

  ack(): void {
    this.settle('+ACK');
  }

  /** Again, now or later. */
  nak(delayMs?: number): void {
    this.settle(delayMs === undefined ? '-NAK' : `-NAK ${JSON.stringify({ delay: delayMs * 1_000_000 })}`);
  }

  /** Never again. */
  term(reason: string): void {
    this.settle(`+TERM ${reason}`);
  }

  /** Still at it: the broker waits longer. */
  working(): void {
    if (!this.isAnswered) this.raw.respond('+WPI');
  }

  private settle(answer: string): void {
    if (this.isAnswered) return;
    this.isAnswered = true;
    this.raw.respond(answer);
  }
}
