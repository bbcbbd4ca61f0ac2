/** A message on its way between a NATS client and its server, with all its bytes. */
export interface MessageFrame {
  readonly subject: string;
  readonly bytes: Buffer;
  /** Where its headers begin and end; both the same where it has none. */
  readonly headers: readonly [number, number];
}

/** Whatever else is said: one line. */
export interface LineFrame {
  readonly subject?: undefined;
  readonly bytes: Buffer;
}

export type NatsFrame = MessageFrame | LineFrame;

const END_OF_LINE = '\r\n';
/** What a message's line holds between its first word and its sizes, least and most: the server names the subscription as well. */
const MESSAGE_VERBS: Readonly<Record<string, { names: readonly [number, number]; sizes: 1 | 2 }>> = {
  PUB: { names: [1, 2], sizes: 1 },
  HPUB: { names: [1, 2], sizes: 2 },
  MSG: { names: [2, 3], sizes: 1 },
  HMSG: { names: [2, 3], sizes: 2 },
};

/**
 * Cuts what flows in one direction of a NATS connection into messages and lines, however it arrives. The bytes of all frames
 * together are those that came.
 * https://docs.nats.io/reference/reference-protocols/nats-protocol
 */
export class NatsFrameParser {
  /** What is no whole frame yet. */
  rest: Buffer = Buffer.alloc(0);

  take(chunk: Buffer): NatsFrame[] {
    this.rest = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    const frames: NatsFrame[] = [];
    for (let frame = this.next(); frame !== undefined; frame = this.next()) {
      frames.push(frame);
      this.rest = this.rest.subarray(frame.bytes.length);
    }
    return frames;
  }

  private next(): NatsFrame | undefined {
    const at = this.rest.indexOf(END_OF_LINE);
    if (at === -1) return undefined;
    const lineBytes = at + END_OF_LINE.length;
    const head = parseHead(this.rest.toString('latin1', 0, at));
    if (head === undefined) return { bytes: this.rest.subarray(0, lineBytes) };
    const length = lineBytes + head.totalBytes + END_OF_LINE.length;
    if (this.rest.length < length) return undefined;
    const { subject, headerBytes } = head;
    return { subject, bytes: this.rest.subarray(0, length), headers: [lineBytes, lineBytes + headerBytes] };
  }
}

interface Head {
  readonly subject: string;
  readonly headerBytes: number;
  readonly totalBytes: number;
}

/** `undefined` for a line that no message follows. */
function parseHead(line: string): Head | undefined {
  const [verb = '', ...words] = line.split(/[ \t]+/);
  const shape = MESSAGE_VERBS[verb.toUpperCase()];
  if (shape === undefined) return undefined;
  const names = words.slice(0, -shape.sizes);
  const sizes = words.slice(-shape.sizes).map(Number);
  const [least, most] = shape.names;
  const [subject, totalBytes] = [names[0], sizes.at(-1)];
  if (subject === undefined || totalBytes === undefined || names.length < least || names.length > most) return undefined;
  if (!sizes.every(Number.isSafeInteger)) return undefined;
  const headerBytes = shape.sizes === 2 ? (sizes[0] ?? 0) : 0;
  return { subject, headerBytes, totalBytes };
}

/** The same message with other headers; without any it stays as it is. */
export function editHeaders({ bytes, headers: [start, end] }: MessageFrame, edit: (block: string) => string): Buffer {
  const block = bytes.toString('latin1', start, end);
  const edited = edit(block);
  if (edited === block) return bytes;
  const words = bytes.toString('latin1', 0, start - END_OF_LINE.length).split(' ');
  const [headerBytes = 0, totalBytes = 0] = words.splice(-2).map(Number);
  const more = edited.length - block.length;
  const line = [...words, headerBytes + more, totalBytes + more].join(' ');
  return Buffer.concat([Buffer.from(`${line}${END_OF_LINE}${edited}`, 'latin1'), bytes.subarray(end)]);
}
