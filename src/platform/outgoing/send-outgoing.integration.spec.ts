import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { waitUntil } from '#libs/testing';
import { OutgoingRequestError } from './outgoing.errors.ts';
import { type OutgoingAnswer, type OutgoingRequest, type ResolveName, sendOutgoing } from './send-outgoing.ts';

const servers: Server[] = [];

async function listen(answer: RequestListener, host = '127.0.0.1'): Promise<number> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return (server.address() as AddressInfo).port;
}

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

function send(port: number, more: Partial<OutgoingRequest> = {}, resolveName?: ResolveName): Promise<OutgoingAnswer> {
  const url = new URL(`http://${resolveName === undefined ? '127.0.0.1' : 'hooks.test'}:${port}/hook`);
  return sendOutgoing({ url, method: 'POST', body: '{}', allowedHosts: [url.host], ...more }, resolveName);
}

const failureOf = (sent: Promise<unknown>): Promise<string> =>
  sent.then(
    () => 'answered',
    (error: unknown) => (error instanceof OutgoingRequestError ? error.failure : 'something else'),
  );

describe('a request to somebody outside', () => {
  it('gets what was answered, whatever the status', async () => {
    const port = await listen((request, response) => {
      request.resume();
      response.writeHead(503, { 'retry-after': '7' }).end(`${request.method} ${String(request.headers['x-a'])}`);
    });
    const answer = await send(port, { headers: { 'x-a': 'b' } });
    expect(answer).toMatchObject({ status: 503, body: 'POST b', headers: { 'retry-after': '7', connection: 'close' } });
  });

  it('goes to nobody who is not listed', async () => {
    let asked = 0;
    const port = await listen((_request, response) => {
      asked += 1;
      response.end();
    });
    expect(await failureOf(send(port, { allowedHosts: ['127.0.0.1'] }))).toBe('host-not-allowed');
    expect(asked).toBe(0);
  });

  it('follows no redirect', async () => {
    let isReached = false;
    const goal = await listen((_request, response) => {
      isReached = true;
      response.end();
    });
    const port = await listen((_request, response) => response.writeHead(302, { location: `http://127.0.0.1:${goal}/` }).end());
    expect(await failureOf(send(port, { allowedHosts: [`127.0.0.1:${port}`, `127.0.0.1:${goal}`] }))).toBe('redirected');
    expect(isReached).toBe(false);
  });

  it('reads 64 KiB of an endless answer and hangs up', async () => {
    let isCut = false;
    const port = await listen((_request, response) => {
      const pour = (): void => {
        while (response.write(Buffer.alloc(16_384)));
      };
      response.on('drain', pour).on('close', () => (isCut = true));
      pour();
    });
    expect(await failureOf(send(port))).toBe('answer-too-long');
    await waitUntil(() => isCut);
  });

  it('waits over all only so long, however slowly the answer drips', async () => {
    const port = await listen((_request, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(drip));
    });
    expect(await failureOf(send(port, { timeoutMs: 300 }))).toBe('timeout');
  });

  it('does not wait for a name that is never found', async () => {
    expect(await failureOf(send(80, { timeoutMs: 50 }, () => new Promise(() => undefined)))).toBe('timeout');
    expect(await failureOf(send(80, {}, () => Promise.reject(new Error('no such name'))))).toBe('name-not-found');
  });

  it('looks a name up once and connects to that address, whatever is answered later', async () => {
    const port = await listen((request, response) => response.end(request.headers.host));
    const addresses = ['127.0.0.1', '127.0.0.2', '127.0.0.3'];
    let lookUps = 0;
    const answer = await send(port, {}, async () => ({ address: addresses[lookUps++] ?? '127.0.0.9', family: 4 }));
    expect({ lookUps, body: answer.body }).toEqual({ lookUps: 1, body: `hooks.test:${port}` });
  });

  it('says when nobody listens', async () => {
    const port = await listen((_request, response) => response.end());
    const [server] = servers.splice(0);
    await new Promise((resolve) => server?.close(resolve));
    expect(await failureOf(send(port))).toBe('connection-refused');
  });
});
