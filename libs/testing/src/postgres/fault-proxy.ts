import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** `request`: the next bytes to the server are lost with the connection; `answer`: the next bytes from it; `silence`: all, and it stays. */
type Fault = 'request' | 'answer' | 'silence';

/** Or a connection that is closed on one side would be closed on the other one too, in spite of the silence. */
const HALF_OPEN = { allowHalfOpen: true };

/** A proxy before a server that breaks its connections where a test wants it. */
export class FaultProxy {
  readonly #server: Server;
  readonly #target: URL;
  readonly #sockets = new Set<Socket>();
  #fault: Fault | undefined;

  private constructor(target: URL) {
    this.#target = target;
    this.#server = createServer(HALF_OPEN, (client) => this.#join(client));
  }

  static async start(target: string): Promise<FaultProxy> {
    const proxy = new FaultProxy(new URL(target));
    await new Promise<void>((resolve) => {
      proxy.#server.listen(0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  /** The target's, by way of the proxy. */
  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return Object.assign(new URL(this.#target), { hostname: '127.0.0.1', port: String(port) }).href;
  }

  /** Cuts the connection when it is asked the next time: the server hears nothing of it. */
  loseNextRequest(): void {
    this.#fault = 'request';
  }

  /** Cuts the connection when the server answers the next time: it has done what it was asked, and nobody hears of it. */
  loseNextAnswer(): void {
    this.#fault = 'answer';
  }

  /** Nothing comes through any more, and nobody is told. */
  fallSilent(): void {
    this.#fault = 'silence';
  }

  /** Lets everything through again. Connections are cut: those that lost something would never fit again. */
  recover(): void {
    this.#cut(...this.#sockets);
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #join(client: Socket): void {
    const server = connect({ ...HALF_OPEN, host: this.#target.hostname, port: Number(this.#target.port) });
    this.#pipe(client, server, 'request');
    this.#pipe(server, client, 'answer');
  }

  #pipe(from: Socket, to: Socket, direction: Fault): void {
    this.#sockets.add(from);
    from.on('error', () => undefined); // the close that follows says it all
    from.on('close', () => this.#sockets.delete(from));
    from.on('end', () => {
      if (this.#fault !== 'silence') to.end();
    });
    from.on('data', (bytes) => {
      if (this.#fault === direction) this.#cut(from, to);
      else if (this.#fault !== 'silence') to.write(bytes);
    });
  }

  #cut(...sockets: Socket[]): void {
    this.#fault = undefined;
    for (const socket of sockets) socket.destroy();
  }
}
