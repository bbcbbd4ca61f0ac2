import type { Msg } from '@nats-io/nats-core';
import { describeError } from './log.ts';

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

/** A message as it came from a stream. Reading it never throws, whatever its sender wrote into it. */
export class PulledMessage {
  readonly deliveries: number;
  readonly sequence: number;
  readonly storedAtNanos: bigint;
  readonly headers: ReadonlyMap<string, string>;
  /** Why its headers can't be read, if they can't: a client takes fewer names than a server. */
  readonly damage: string | undefined;
  /** Of the body and the headers, as far as they can be large. */
  readonly bytes: number;
  private isAnswered = false;

  constructor(private readonly raw: Msg) {
    ({ deliveries: this.deliveries, sequence: this.sequence, storedAtNanos: this.storedAtNanos } = readDelivery(raw.reply ?? ''));
    const { headers, damage } = readHeaders(raw);
    this.headers = headers;
    this.damage = damage;
    this.bytes = [...headers].reduce((sum, [name, value]) => sum + name.length + value.length, raw.data.length);
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

function readHeaders(raw: Msg): { headers: ReadonlyMap<string, string>; damage: string | undefined } {
  try {
    const { headers } = raw;
    if (headers === undefined) return { headers: NO_HEADERS, damage: undefined };
    return { headers: new Map(headers.keys().map((name) => [name, headers.get(name)])), damage: undefined };
  } catch (error) {
    return { headers: NO_HEADERS, damage: describeError(error) };
  }
}
