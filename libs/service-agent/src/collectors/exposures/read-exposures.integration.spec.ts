import { createServer, type RequestListener, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { readExposures } from './read-exposures.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.closeAllConnections();
});

async function ask(answer: RequestListener): Promise<unknown> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const counted = await readExposures({ serviceId: 'memory', url: `http://127.0.0.1:${port}/exposures` }, 300);
  server.close();
  return counted;
}

const say =
  (body: unknown, status = 200): RequestListener =>
  (_request, response) =>
    response.writeHead(status).end(JSON.stringify(body));

describe('exposures that a service has counted', () => {
  it('are read from its endpoint', async () => {
    expect(await ask(say({ total: 7, failed: 2, masked: 1 }))).toEqual({ total: 7, failed: 2, masked: 1 });
  });

  it('have none that a retry hid where it says nothing of retries', async () => {
    expect(await ask(say({ total: 7, failed: 2, since: 'yesterday' }))).toEqual({ total: 7, failed: 2, masked: 0 });
  });

  it.each<[string, RequestListener]>([
    ['says that it can not', say({ total: 1, failed: 0 }, 503)],
    ['says something else', say({ total: -1, failed: 'none' })],
    ['sends elsewhere', (_request, response) => response.writeHead(302, { location: '/other' }).end()],
    ['never answers', () => {}],
    ['breaks off', (request) => request.socket.destroy()],
  ])('are unknown, and not zero, where it %s', async (_case, answer) => {
    expect(await ask(answer)).toBeUndefined();
  });
});
