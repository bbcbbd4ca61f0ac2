import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** `none` hangs up, `late` never answers. */
export type Answer = 'ok' | 'error' | 'none' | 'late';

/** What the service answers to the request with this number, counted from 0 for its health and for its users apart. */
export interface Script {
  health: (index: number) => Answer;
  users?: (index: number) => Answer;
}

/** A real HTTP server that is well or ill by a script. */
export class ScriptedService {
  private asked = { health: 0, users: 0 };
  private script: Script = { health: () => 'none', users: () => 'none' };

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => this.answer(request.url === '/health' ? 'health' : 'users', response));
  }

  static async start(): Promise<ScriptedService> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ScriptedService(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** From now on it is as this says. */
  play(script: Script): void {
    this.script = script;
    this.asked = { health: 0, users: 0 };
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private answer(kind: 'health' | 'users', response: ServerResponse): void {
    const { [kind]: next = () => 'ok' as const } = this.script;
    switch (next(this.asked[kind]++)) {
      case 'ok':
        return void response.end();
      case 'error':
        return void response.writeHead(500).end();
      case 'none':
        return void response.destroy();
      case 'late':
        return undefined;
    }
  }
}
