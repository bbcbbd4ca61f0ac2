import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { ExampleProgram } from '../../../../test/launcher/example-program.ts';
import { readBody } from '../../runtime/src/json-handler.ts';

let upstream: Server;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let requests: string[];
let gateway: ExampleProgram;

const echo = (request: IncomingMessage, response: ServerResponse): void => {
  void readBody(request).then((body) => {
    response.writeHead(201, { 'content-type': 'text/plain' }).end(`${request.method} ${request.url} ${body}`);
  });
};

beforeAll(async () => {
  upstream = createServer((request, response) => {
    requests.push(request.url ?? '');
    answer(request, response);
  });
  await new Promise<void>((listening) => upstream.listen(0, '127.0.0.1', listening));
  const address = upstream.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  gateway = await ExampleProgram.start('gateway', {
    upstreams: { memory: `http://127.0.0.1:${port}`, away: 'http://127.0.0.1:1' },
    timeout_ms: 200,
  });
  await gateway.untilUp();
});
beforeEach(() => {
  requests = [];
  answer = echo;
});
afterAll(async () => {
  await gateway.end();
  upstream.close();
  upstream.closeAllConnections();
});

async function problemOf(path: string): Promise<unknown> {
  const response = await fetch(`${gateway.url}${path}`);
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const problem: unknown = await response.json();
  expect(problem).toMatchObject({ status: response.status });
  return problem;
}

describe('the gateway', () => {
  it('passes method, path, query and body on, and the answer back', async () => {
    const response = await fetch(`${gateway.url}/memory/entries/a%2Fb?c=d%20e`, { method: 'PUT', body: 'value' });
    expect(response.status).toBe(201);
    expect(await response.text()).toBe('PUT /entries/a%2Fb?c=d%20e value');
  });

  it('tells what became of the requests to each upstream', async () => {
    const exposuresOf = async (name: string): Promise<unknown> => (await fetch(`${gateway.url}/exposures/${name}`)).json();
    const before = (await exposuresOf('memory')) as { total: number; failed: number };
    for (const status of [200, 404, 500]) {
      answer = (_request, response) => response.writeHead(status).end();
      await fetch(`${gateway.url}/memory/x`);
    }
    await fetch(`${gateway.url}/away/x`);
    expect(await exposuresOf('memory')).toEqual({ total: before.total + 3, failed: before.failed + 1 });
    expect(await exposuresOf('away')).toEqual({ total: 1, failed: 1 });
  });

  it('answers 502 for an upstream that is away, and stays well itself', async () => {
    expect(await problemOf('/away/x')).toEqual({ status: 502, title: 'Bad Gateway', detail: 'away can not be reached' });
    expect(await gateway.health()).toBe(200);
    expect((await fetch(`${gateway.url}/memory/x`)).status).toBe(201);
  });

  it('answers 504 for an upstream that is silent, and asks it once', async () => {
    answer = () => undefined;
    expect(await problemOf('/memory/x')).toMatchObject({ status: 504, detail: 'memory did not answer in time' });
    expect(requests).toEqual(['/x']);
  });

  it('answers 502 for an upstream that hangs up', async () => {
    answer = (request) => request.socket.destroy();
    expect(await problemOf('/memory/x')).toMatchObject({ status: 502 });
  });

  it('passes an error of an upstream on without asking again', async () => {
    answer = (_request, response) => response.writeHead(503).end('no');
    expect((await fetch(`${gateway.url}/memory/x`)).status).toBe(503);
    expect(requests).toEqual(['/x']);
  });

  it('knows nothing else', async () => {
    expect(await problemOf('/elsewhere?a=b')).toEqual({
      status: 404,
      title: 'Not Found',
      detail: 'nothing is behind /elsewhere',
    });
  });

  it('drains, then ends in order', async () => {
    expect((await fetch(`${gateway.url}/drain`, { method: 'POST' })).status).toBe(202);
    expect(await gateway.health()).toBe(503);
    expect(await problemOf('/memory/x')).toMatchObject({ status: 503 });
    gateway.send('SIGTERM');
    expect(await gateway.untilEnded()).toBe(0);
  });
});
