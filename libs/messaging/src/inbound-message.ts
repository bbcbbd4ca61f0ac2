import { HEADERS } from '#libs/contracts';
import { InvalidMessageError } from './messaging.errors.ts';
import type { PulledMessage } from './pulled-message.ts';

/** One message of a stream, as a handler sees it. Settling is not its business: the handler returns a settlement. */
export interface InboundMessage {
  /** Who sent it is read from here. */
  readonly subject: string;
  /** The bytes as sent: verify a signature over these, before parsing. */
  readonly data: Uint8Array;
  readonly messageId: string | undefined;
  /** Place in the stream; begins anew when the stream is re-created. */
  readonly sequence: number;
  /** When JetStream stored it. */
  readonly storedAt: Date;
  /** How often it was delivered, the first time included. Deliveries are not crashes. */
  readonly deliveries: number;
  /** One of `HEADERS`; no other is kept. */
  header(name: string): string | undefined;
  /** @throws InvalidMessageError when the body is not JSON in UTF-8. */
  json(): unknown;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

export function parseJson(data: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(data));
  } catch (error) {
    throw new InvalidMessageError('not-json', 'the body is not JSON in UTF-8', error);
  }
}

export class JetStreamMessage implements InboundMessage {
  constructor(private readonly raw: PulledMessage) {}

  get subject(): string {
    return this.raw.subject;
  }

  get data(): Uint8Array {
    return this.raw.data;
  }

  get messageId(): string | undefined {
    return this.header(HEADERS.messageId);
  }

  get sequence(): number {
    return this.raw.sequence;
  }

  get storedAt(): Date {
    return new Date(Number(this.raw.storedAtNanos / 1_000_000n));
  }

  get deliveries(): number {
    return this.raw.deliveries;
  }

  header(name: string): string | undefined {
    return this.raw.headers.get(name) || undefined;
  }

  json(): unknown {
    return parseJson(this.data);
  }
}
