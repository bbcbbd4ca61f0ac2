import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A proxy that can cut or hold every connection, be away for a while, and lead to another server afterwards, under one address. */
export class CuttingProxy {
  private server: Server | undefined;
  private port = 0;
  private readonly sockets = new Set<Socket>();
  private isHolding = false;

  constructor(public target: string) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async listen(): Promise<void> {
    this.isHolding = false;
    this.server = createServer((client) => this.join(client));
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    ({ port: this.port } = this.server.address() as AddressInfo);
  }

  /** What was on its way is lost. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  /** Every connection stays, and nothing comes through it, until it is left. */
  hold(): void {
    this.isHolding = true;
    for (const socket of this.sockets) socket.unpipe().pause();
  }

  /** Nobody answers any more, until `listen`. */
  async leave(): Promise<void> {
    const { server } = this;
    if (server === undefined) return;
    const closed = once(server, 'close');
    server.close();
    this.cut();
    await closed;
  }

  private join(client: Socket): void {
    const { hostname, port } = new URL(this.target);
    const server = connect(Number(port), hostname);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.sockets.add(from);
      from.on('error', () => undefined); // the close that follows says it all
      from.on('close', () => {
        this.sockets.delete(from);
        to.destroy();
      });
      if (!this.isHolding) from.pipe(to);
    }
  }
}
