import { createServer, type Server } from 'node:http';
import { freePort } from '#libs/testing';

/** The health of many services behind one port, one route each: up or down as their agents make them. */
export class HealthBoard {
  private readonly up = new Set<string>();

  private constructor(
    private readonly server: Server,
    private readonly port: number,
  ) {}

  static async open(): Promise<HealthBoard> {
    const server = createServer();
    const port = await freePort();
    const board = new HealthBoard(server, port);
    server.on('request', (request, response) => {
      response.writeHead(board.isUp((request.url ?? '').slice(1)) ? 200 : 503).end();
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return board;
  }

  urlOf(serviceId: string): string {
    return `http://127.0.0.1:${this.port}/${serviceId}`;
  }

  isUp(serviceId: string): boolean {
    return this.up.has(serviceId);
  }

  set(serviceId: string, isUp: boolean): void {
    if (isUp) this.up.add(serviceId);
    else this.up.delete(serviceId);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
