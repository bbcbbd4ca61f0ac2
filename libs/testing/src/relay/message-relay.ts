import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { HEADERS } from '#libs/contracts';
import type { Direction } from '../faults/proxied-connection.ts';
import { editHeaders, type MessageFrame, NatsFrameParser } from './nats-frames.ts';
import type { RelayPlan } from './relay-plan.ts';

const UNTOUCHED: RelayPlan = () => undefined;

/**
 * Stands between NATS clients and their server, and handles whole messages: some come late, often, in another order or never, as
 * the plan says. All else that is said goes through as it is. A server in a cluster would tell its clients of others, past which
 * they would find.
 */
export class MessageRelay {
  /** For what comes from now on; what is under way stays so. */
  plan: RelayPlan = UNTOUCHED;
  /** Messages that the plan touched, copies of them that arrived, and such that were lost with their connection. */
  readonly counts = { touched: 0, delivered: 0, lost: 0 };
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private readonly timers = new Set<NodeJS.Timeout>();

  private constructor(private readonly target: string) {
    this.server = createServer((client) => this.join(client));
  }

  static async start(target: string): Promise<MessageRelay> {
    const relay = new MessageRelay(target);
    await once(relay.server.listen(0, '127.0.0.1'), 'listening');
    return relay;
  }

  get url(): string {
    return `nats://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Copies that are still under way. */
  get pending(): number {
    return this.timers.size;
  }

  async stop(): Promise<void> {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private join(client: Socket): void {
    const { hostname, port } = new URL(this.target);
    const server = connect(Number(port), hostname);
    this.lead(client, server, 'request');
    this.lead(server, client, 'answer');
  }

  private lead(from: Socket, to: Socket, direction: Direction): void {
    const parser = new NatsFrameParser();
    this.sockets.add(from);
    from.on('error', () => undefined); // the close that follows says it all
    from.on('close', () => {
      this.sockets.delete(from);
      to.destroy();
    });
    from.on('end', () => to.end(parser.rest));
    from.on('data', (chunk) => {
      for (const frame of parser.take(chunk)) {
        if (frame.subject === undefined) to.write(frame.bytes);
        else this.relay(frame, to, direction);
      }
      if (to.writableNeedDrain) from.pause();
    });
    to.on('drain', () => from.resume());
  }

  private relay(frame: MessageFrame, to: Socket, direction: Direction): void {
    const delays = this.plan({ direction, subject: frame.subject });
    if (delays === undefined) {
      to.write(frame.bytes);
      return;
    }
    this.counts.touched += 1;
    for (const [n, delayMs] of delays.entries()) {
      const bytes = direction === 'request' ? editHeaders(frame, (block) => sayAgain(block, n, delayMs)) : frame.bytes;
      const timer = setTimeout(() => {
        this.timers.delete(timer);
        this.deliver(bytes, to);
      }, delayMs);
      this.timers.add(timer);
    }
  }

  private deliver(bytes: Buffer, to: Socket): void {
    if (to.writable) to.write(bytes);
    this.counts[to.writable ? 'delivered' : 'lost'] += 1;
  }
}

const MESSAGE_ID = new RegExp(`^(${HEADERS.messageId}: [^\\r]*)`, 'im');
const AGE_MS = new RegExp(`^(${HEADERS.ageMs}: )(\\d+)`, 'im');

/**
 * As an agent says again what it had to keep: it tells how long ago that was. Under another id each time, as the broker would keep
 * but one of those that come under the same.
 */
function sayAgain(block: string, copy: number, delayMs: number): string {
  const aged = block.replace(AGE_MS, (_, name: string, age: string) => `${name}${Number(age) + Math.round(delayMs)}`);
  return copy === 0 ? aged : aged.replace(MESSAGE_ID, `$1-${copy}`);
}
