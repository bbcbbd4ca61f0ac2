import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Prober } from './probe.ts';

const prober = new Prober();
const servers: (Server | TcpServer)[] = [];

async function listen<S extends Server | TcpServer>(server: S): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
const serve = async (answer: RequestListener): Promise<string> => `http://127.0.0.1:${await listen(createServer(answer))}/health`;

afterEach(async () => {
  for (const server of servers.splice(0)) {
    if ('closeAllConnections' in server) server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

describe('the probe', () => {
  it.each([200, 204, 299])('calls %p clean', async (status) => {
    const url = await serve((_request, response) => response.writeHead(status).end());
    expect(await prober.probe(url, 2000)).toMatchObject({ ok: true, reasonCode: `status-${status}` });
  });

  it.each([301, 400, 404, 500, 503])('calls %p dirty, with the status as its reason', async (status) => {
    const url = await serve((_request, response) => response.writeHead(status, { location: '/ok' }).end());
    expect(await prober.probe(url, 2000)).toMatchObject({ ok: false, reasonCode: `status-${status}` });
  });

  it('follows no redirect', async () => {
    const asked: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      asked.push(request.url);
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    expect(await prober.probe(url, 2000)).toMatchObject({ ok: false, reasonCode: 'status-302' });
    expect(asked).toEqual(['/health']);
  });

  it('asks once, on a connection of its own, by the configured name', async () => {
    const seen: { port: number | undefined; host: string | undefined }[] = [];
    const url = await serve((request, response) => {
      seen.push({ port: request.socket.remotePort, host: request.headers.host });
      response.end();
    });
    await prober.probe(url, 2000);
    await prober.probe(url.replace('127.0.0.1', 'localhost'), 2000);
    expect(seen).toHaveLength(2);
    expect(seen[0]?.port).not.toBe(seen[1]?.port);
    expect(seen.map(({ host }) => host?.split(':')[0])).toEqual(['127.0.0.1', 'localhost']);
  });

  it('gives up on a service that is silent', async () => {
    const url = await serve(() => undefined);
    const outcome = await prober.probe(url, 100);
    expect(outcome).toMatchObject({ ok: false, reasonCode: 'timeout' });
    expect(outcome.latencyMs).toBeLessThan(2000);
  });

  it('takes nothing for late that came while this process was stalled', async () => {
    const url = await serve((_request, response) => response.end());
    const outcome = prober.probe(url, 200);
    // It is asked before the stall.
    await new Promise(setImmediate);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400);
    expect(await outcome).toMatchObject({ ok: true, reasonCode: 'status-200' });
  });

  it('gives up on a body that drips', async () => {
    const url = await serve((_request, response) => {
      const drip = setInterval(() => response.write('.'), 10);
      response.on('close', () => clearInterval(drip));
    });
    expect(await prober.probe(url, 200)).toMatchObject({ ok: false, reasonCode: 'timeout' });
  });

  it('reads no endless body', async () => {
    let written = 0;
    const url = await serve((_request, response) => {
      const pour = (): void => {
        while (!response.destroyed && response.write('x'.repeat(10_000))) written += 10_000;
      };
      response.on('drain', pour);
      pour();
    });
    expect(await prober.probe(url, 5000)).toMatchObject({ ok: false, reasonCode: 'answer-too-long' });
    expect(written).toBeLessThan(50_000_000);
  });

  it('says when nobody listens', async () => {
    const url = await serve(() => undefined);
    const [server] = servers.splice(0);
    await new Promise((resolve) => server?.close(resolve));
    expect(await prober.probe(url, 2000)).toMatchObject({ ok: false, reasonCode: 'econnrefused' });
  });

  it('says when the answer breaks off or is no HTTP', async () => {
    const cut = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half');
      response.socket?.destroy();
    });
    expect((await prober.probe(cut, 2000)).ok).toBe(false);
    const port = await listen(createTcpServer((socket) => socket.resume().end('SSH-2.0-nonsense\r\n')));
    expect((await prober.probe(`http://127.0.0.1:${port}/`, 2000)).ok).toBe(false);
  });

  it.each(['http://no-such-host.invalid/', 'not a url', 'http://127.0.0.1:1/'])(
    'takes %p for dirty and never throws',
    async (url) => {
      expect(await prober.probe(url, 3000)).toMatchObject({ ok: false, reasonCode: expect.any(String) });
    },
  );
});
