import { sign } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { readSeed } from './nkey.ts';

export interface RawMessage {
  subject: string;
  reply: string | undefined;
  status: string | undefined;
  headers: ReadonlyMap<string, string>;
  body: Buffer;
}

/** The NATS protocol by hand, as another language would speak it: nothing of our own libraries, and no client. */
export class RawNats {
  private readonly listeners = new Map<string, (message: RawMessage) => void>();
  private readonly socket: Socket;
  private received = Buffer.alloc(0);
  readonly errors: string[] = [];
  readonly connected: Promise<void>;

  constructor(url: string, seed: string) {
    const { hostname, port } = new URL(url);
    this.socket = connect(Number(port), hostname);
    this.connected = new Promise((resolve) => {
      this.socket.on('data', (data: Buffer) => {
        this.received = Buffer.concat([this.received, data]);
        while (this.takeOne(seed, resolve));
      });
    });
  }

  subscribe(subject: string, listener: (message: RawMessage) => void): void {
    const id = String(this.listeners.size + 1);
    this.listeners.set(id, listener);
    this.socket.write(`SUB ${subject} ${id}\r\n`);
  }

  publish(subject: string, body: string, options: { reply?: string; headers?: Readonly<Record<string, string>> } = {}): void {
    const { reply = '', headers = {} } = options;
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const head = `NATS/1.0\r\n${lines.join('')}\r\n`;
    const total = head.length + Buffer.byteLength(body);
    this.socket.write(`HPUB ${subject} ${reply} ${head.length} ${total}\r\n${head}${body}\r\n`);
  }

  close(): void {
    this.socket.destroy();
  }

  /** One line, and the payload that it announces; false when it hasn't come whole. */
  private takeOne(seed: string, onConnected: () => void): boolean {
    const end = this.received.indexOf('\r\n');
    if (end === -1) return false;
    const line = this.received.subarray(0, end).toString();
    const isMessage = /^H?MSG /.test(line);
    const size = isMessage ? Number(line.split(' ').at(-1)) + 2 : 0;
    if (this.received.length < end + 2 + size) return false;
    const payload = this.received.subarray(end + 2, end + size);
    this.received = this.received.subarray(end + 2 + size);
    if (isMessage) this.deliver(line.split(' '), payload);
    else this.answer(line, seed, onConnected);
    return true;
  }

  private answer(line: string, seed: string, onConnected: () => void): void {
    if (line === 'PING') this.socket.write('PONG\r\n');
    else if (line === 'PONG') onConnected();
    else if (line.startsWith('-ERR')) this.errors.push(line);
    else if (line.startsWith('INFO ')) {
      const { nonce } = JSON.parse(line.slice('INFO '.length)) as { nonce: string };
      const { privateKey, publicNkey } = readSeed(seed);
      const sig = sign(null, Buffer.from(nonce), privateKey).toString('base64url');
      const options = { nkey: publicNkey, sig, headers: true, no_responders: true, verbose: false, lang: 'raw', version: '0' };
      this.socket.write(`CONNECT ${JSON.stringify(options)}\r\nPING\r\n`);
    }
  }

  private deliver([kind, subject = '', id = '', ...rest]: readonly string[], payload: Buffer): void {
    const sizes = kind === 'HMSG' ? 2 : 1;
    const headBytes = kind === 'HMSG' ? Number(rest.at(-2)) : 0;
    const [first = '', ...lines] = payload.subarray(0, headBytes).toString().trimEnd().split('\r\n');
    const headers = lines.map((line): [string, string] => [
      line.slice(0, line.indexOf(':')),
      line.slice(line.indexOf(':') + 1).trim(),
    ]);
    this.listeners.get(id)?.({
      subject,
      reply: rest.length > sizes ? rest[0] : undefined,
      status: /^NATS\/1\.0 (\d{3})/.exec(first)?.[1],
      headers: new Map(headers),
      body: payload.subarray(headBytes),
    });
  }
}
