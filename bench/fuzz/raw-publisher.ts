import { connect, type Socket } from 'node:net';
import { fromSeed } from '@nats-io/nkeys';
import { z } from 'zod';

/** What became of one publication. */
export type Answer = { stored: true; isDuplicate: boolean } | { stored: false; reason: string };

export interface RawPublication {
  subject: string;
  headers: readonly (readonly [name: string, value: string])[];
  body: Uint8Array;
}

export interface RawPublisherOptions {
  url: string;
  seed: string;
  /** Answers come in below it; the credential allows only the agent's own. */
  inboxPrefix: string;
}

const END = Buffer.from('\r\n');
const InfoSchema = z.object({ nonce: z.string(), max_payload: z.number() });
const AckSchema = z.object({ error: z.object({ description: z.string() }).optional(), duplicate: z.boolean().optional() });

/**
 * Publishes into JetStream by hand. A client would correct or refuse what is to be tried: header names, values, sizes. It is
 * also light enough to keep up with the server.
 */
export class RawPublisher {
  private socket: Socket | undefined;
  private unread: Buffer = Buffer.alloc(0);
  private readonly waiting = new Map<string, (answer: Answer) => void>();
  private next = 0;
  /** A server says INFO again when something of it has changed. */
  private isIntroduced = false;
  private maxPayload = Infinity;
  private onConnected = (): void => undefined;

  constructor(private readonly options: RawPublisherOptions) {}

  connect(): Promise<void> {
    const { hostname, port } = new URL(this.options.url);
    const socket = connect(Number(port), hostname);
    this.socket = socket;
    this.unread = Buffer.alloc(0);
    this.isIntroduced = false;
    socket.on('data', (data) => this.read(data));
    return new Promise((resolve, reject) => {
      this.onConnected = resolve;
      socket.on('error', reject);
      socket.on('close', () => {
        this.refuseAll('the server closed the connection');
        reject(new Error('the server closed the connection'));
      });
    });
  }

  /** Resolves with the answer of the stream; a server that ends the connection has refused. */
  publish({ subject, headers, body }: RawPublication): Promise<Answer> {
    const id = String(this.next++);
    const head = Buffer.from(`NATS/1.0\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
    const line = `HPUB ${subject} ${this.options.inboxPrefix}.${id} ${head.length} ${head.length + body.length}\r\n`;
    return new Promise((resolve) => {
      if (this.socket === undefined || this.socket.destroyed) return resolve({ stored: false, reason: 'not connected' });
      this.waiting.set(id, resolve);
      // What is too large is refused at its first line. What follows would be cut off, and the server's answer lost with it.
      const isRefused = head.length + body.length > this.maxPayload;
      this.socket.write(isRefused ? line : Buffer.concat([Buffer.from(line), head, body, END]));
    });
  }

  close(): void {
    this.socket?.destroy();
  }

  private read(data: Buffer): void {
    this.unread = this.unread.length === 0 ? data : Buffer.concat([this.unread, data]);
    let at = 0;
    for (let end = this.unread.indexOf(END, at); end !== -1; end = this.unread.indexOf(END, at)) {
      const line = this.unread.toString('latin1', at, end);
      const size = /^H?MSG /.test(line) ? Number(line.split(' ').at(-1)) : undefined;
      if (size !== undefined && this.unread.length < end + 2 + size + 2) break;
      if (size === undefined) this.onLine(line);
      else this.onMessage(line, this.unread.toString('utf8', end + 2, end + 2 + size));
      at = end + 2 + (size === undefined ? 0 : size + 2);
    }
    this.unread = this.unread.subarray(at);
  }

  private onLine(line: string): void {
    if (line === 'PING') this.socket?.write('PONG\r\n');
    else if (line === 'PONG') this.onConnected();
    else if (line.startsWith('-ERR')) this.refuseAll(line);
    else if (line.startsWith('INFO ') && !this.isIntroduced) this.introduce(line.slice('INFO '.length));
  }

  private introduce(info: string): void {
    this.isIntroduced = true;
    const { nonce, max_payload: maxPayload } = InfoSchema.parse(JSON.parse(info));
    this.maxPayload = maxPayload;
    const key = fromSeed(Buffer.from(this.options.seed));
    const sig = Buffer.from(key.sign(Buffer.from(nonce))).toString('base64url');
    const who = { nkey: key.getPublicKey(), sig, headers: true, no_responders: true, verbose: false, lang: 'raw', version: '0' };
    this.socket?.write(`CONNECT ${JSON.stringify(who)}\r\nSUB ${this.options.inboxPrefix}.* 1\r\nPING\r\n`);
  }

  private onMessage(line: string, text: string): void {
    const [, subject = ''] = line.split(' ');
    const id = subject.slice(subject.lastIndexOf('.') + 1);
    const resolve = this.waiting.get(id);
    this.waiting.delete(id);
    resolve?.(toAnswer(text));
  }

  private refuseAll(reason: string): void {
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    for (const resolve of waiting) resolve({ stored: false, reason });
  }
}

/** What JetStream says of a publication, or that nobody takes it. */
function toAnswer(text: string): Answer {
  if (!text.startsWith('{')) return { stored: false, reason: text.trim() };
  const { error, duplicate } = AckSchema.parse(JSON.parse(text));
  if (error !== undefined) return { stored: false, reason: error.description };
  return { stored: true, isDuplicate: duplicate === true };
}
