import type { MsgImpl } from '@nats-io/nats-core/internal';
import { HEADERS } from '#libs/contracts';

/** Far above what our headers need, and so little that reading them costs nothing worth mentioning. */
export const MAX_HEAD_BYTES = 16_384;

/** The headers of a message that we read, or why they can't be read. */
export type MessageHead = { readonly headers: ReadonlyMap<string, string> } | { readonly damage: string };

const READ: ReadonlySet<string> = new Set(Object.values(HEADERS));
const NAME = /^[!-9;-~]*$/;
const NO_HEADERS: MessageHead = { headers: new Map() };
const utf8 = new TextDecoder();

/**
 * Reads the headers line by line. The client library's own reading looks through all names for each name, so that one message
 * with as many as fit into it would stop the process for minutes. Refuses what the library refuses.
 */
export function readMessageHead(raw: MsgImpl): MessageHead {
  const { data } = raw;
  // The body is a view behind the head of the message as it came.
  const bytes = raw.size() - Buffer.byteLength(raw.subject) - Buffer.byteLength(raw.reply) - data.length;
  if (bytes === 0) return NO_HEADERS;
  if (bytes > MAX_HEAD_BYTES) return { damage: `they have ${bytes} bytes, ${MAX_HEAD_BYTES} are allowed` };
  return readLines(utf8.decode(new Uint8Array(data.buffer, data.byteOffset - bytes, bytes)));
}

function readLines(head: string): MessageHead {
  const headers = new Map<string, string>();
  for (const line of head.split('\r\n').slice(1)) {
    const colon = line.indexOf(':');
    if (colon === -1) continue;
    const name = line.slice(0, colon);
    const value = line.slice(colon + 1).trim();
    if (!NAME.test(name)) return { damage: `${JSON.stringify(name.slice(0, 100))} is not a header name` };
    if (/[\r\n]/.test(value)) return { damage: `the value of ${name.slice(0, 100)} has a line break` };
    if (READ.has(name) && !headers.has(name)) headers.set(name, value);
  }
  return { headers };
}
