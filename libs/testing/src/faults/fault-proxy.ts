import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { Random } from '../random.ts';
import { type FlowFaults, NO_FAULTS } from './faulty-flow.ts';
import { type Direction, ProxiedConnection } from './proxied-connection.ts';

const BOTH: readonly Direction[] = ['request', 'answer'];

/**
 * A proxy before any server that is spoken to over TCP, under one address. What goes wrong can be changed at any time, and holds for
 * connections that are there as for those that come. Bytes may be late or lost with their connection, never changed or out of order.
 */
export class FaultProxy {
  private server: Server | undefined;
  private port = 0;
  private readonly connections = new Set<ProxiedConnection>();
  private readonly faults: Record<Direction, FlowFaults> = { request: NO_FAULTS, answer: NO_FAULTS };
  private losesNext: Direction | undefined;
  private readonly random: Random;

  /** @param target where connections lead that come from now on; those that are there stay where they are */
  private constructor(
    public target: string,
    seed: number,
  ) {
    this.random = new Random(seed);
  }

  /** @param seed what the jitter follows from */
  static async start(target: string, { seed = 1 }: { seed?: number } = {}): Promise<FaultProxy> {
    const proxy = new FaultProxy(target, seed);
    await proxy.listen();
    return proxy;
  }

  /** The target's, by way of the proxy. */
  get url(): string {
    return Object.assign(new URL(this.target), { hostname: '127.0.0.1', port: String(this.port) }).href;
  }

  /** How many lead through it at this moment. */
  get connectionCount(): number {
    return this.connections.size;
  }

  /** Under the same address again after it was left. */
  async listen(): Promise<void> {
    // Or a connection that is closed on one side would be closed on the other one too, in spite of a silence.
    const server = createServer({ allowHalfOpen: true }, (client) => this.join(client));
    server.listen(this.port, '127.0.0.1');
    await once(server, 'listening');
    this.server = server;
    ({ port: this.port } = server.address() as AddressInfo);
  }

  /** Nobody answers any more, until `listen`; what was on its way is lost. */
  async leave(): Promise<void> {
    const { server } = this;
    if (server === undefined) return;
    const closed = once(server, 'close');
    server.close();
    for (const connection of this.connections) connection.destroy();
    await closed;
  }

  /** Adds to what already goes wrong, in one direction or in both. */
  impair(faults: Partial<FlowFaults>, ...directions: readonly Direction[]): void {
    for (const direction of directions.length === 0 ? BOTH : directions) {
      this.faults[direction] = { ...this.faults[direction], ...faults };
      for (const connection of this.connections) connection.suffer(direction, this.faults[direction]);
    }
  }

  /** Nothing comes through, until it is recovered from, and then all of it does. */
  hold(...directions: readonly Direction[]): void {
    this.impair({ passage: 'held' }, ...directions);
  }

  /** Nothing comes through any more, and nobody is told. In one direction: a connection that is half open. */
  fallSilent(...directions: readonly Direction[]): void {
    this.impair({ passage: 'lost' }, ...directions);
  }

  /** Cuts the connection when it is asked the next time: the server hears nothing of it. */
  loseNextRequest(): void {
    this.losesNext = 'request';
  }

  /** Cuts the connection when the server answers the next time: it has done what it was asked, and nobody hears of it. */
  loseNextAnswer(): void {
    this.losesNext = 'answer';
  }

  /** Ends every connection in order, as a server that shuts down. What was on its way is lost. */
  cut(): void {
    for (const connection of this.connections) connection.cut();
  }

  /** Ends every connection as a host that was started anew: both sides get an error. */
  reset(): void {
    for (const connection of this.connections) connection.reset();
  }

  /** Nothing goes wrong any more. Connections that lost something are cut: what comes now would never fit. */
  recover(): void {
    this.losesNext = undefined;
    for (const direction of BOTH) this.faults[direction] = NO_FAULTS;
    for (const connection of this.connections) connection.recover();
  }

  private join(client: Socket): void {
    const connection = new ProxiedConnection(client, this.target, {
      random: () => this.random.fraction(),
      isLost: (direction) => this.isLost(direction),
      onClosed: () => this.connections.delete(connection),
    });
    this.connections.add(connection);
    for (const direction of BOTH) connection.suffer(direction, this.faults[direction]);
  }

  private isLost(direction: Direction): boolean {
    if (this.losesNext !== direction) return false;
    this.losesNext = undefined;
    return true;
  }
}
