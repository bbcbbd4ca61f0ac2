import { MsgImpl } from '@nats-io/nats-core/internal';

export interface StoredMessage {
  readonly subject: string;
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
  sequence: number;
  readonly storedAtMs: number;
  /** It is handed out only then, while others overtake it. */
  readonly notBeforeMs?: number | undefined;
}

/** As the client library hands it out: the consumer of the product reads bytes, sizes and heads for itself. */
export function toWire(
  { subject, body, headers }: Pick<StoredMessage, 'subject' | 'body' | 'headers'>,
  reply: string,
  answer: (reply: string, text: string) => void,
): MsgImpl {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = Buffer.from(lines.length === 0 ? '' : `NATS/1.0\r\n${lines.join('')}\r\n`);
  const data = Buffer.concat([head, body]);
  const frame = {
    subject: Buffer.from(subject),
    reply: Buffer.from(reply),
    sid: 1,
    hdr: head.length === 0 ? -1 : head.length,
    size: data.length,
  };
  return new MsgImpl(frame, data, { publish: (to: string, text: unknown) => answer(to, String(text)) });
}

/** What the server says of a pull request that has come to its end. */
export const toStatus = (inbox: string, code: number, description: string): MsgImpl =>
  ({ subject: inbox, headers: { code, description } }) as unknown as MsgImpl;
