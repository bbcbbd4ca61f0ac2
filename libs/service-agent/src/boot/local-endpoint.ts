import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';

export interface LocalEndpointOptions {
  readonly host: string;
  readonly port: number;
  readonly registry: Registry;
  /** Whether the agent can do its work: it hears the orchestrator. */
  readonly isReady: () => boolean;
}

/** /livez, /readyz and /metrics of the agent itself. Never the reason for the agent to fail. */
export async function startLocalEndpoint(options: LocalEndpointOptions): Promise<{ stop: () => Promise<void> }> {
  const server = createServer((request, response) => {
    answer(request, response, options).catch(() => response.writeHead(500).end());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  server.unref();
  return { stop: () => close(server) };
}

async function answer(request: IncomingMessage, response: ServerResponse, options: LocalEndpointOptions): Promise<void> {
  const send = (status: number, text: string): void => {
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
  };
  switch (request.url) {
    case '/livez':
      return send(200, 'alive');
    case '/readyz':
      return options.isReady() ? send(200, 'ready') : send(503, 'no orchestrator');
    case '/metrics':
      response.writeHead(200, { 'content-type': options.registry.contentType }).end(await options.registry.metrics());
      return undefined;
    default:
      return send(404, 'not found');
  }
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
