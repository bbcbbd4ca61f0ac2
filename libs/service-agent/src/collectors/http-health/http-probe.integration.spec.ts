import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { probeHttp } from './http-probe.ts';

describe('probeHttp', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  const serve = async (listener: RequestListener): Promise<string> => {
    const listening = createServer(listener);
    server = listening;
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
    const address = listening.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/health?key=1`;
  };

  it.each([
    [200, true, 'answered 200'],
    [204, true, 'answered 204'],
    [302, false, 'answered 302'],
    [503, false, 'answered 503'],
  ])('judges the status %p', async (status, isOk, message) => {
    const url = await serve((_, response) => response.writeHead(status, { location: '/elsewhere' }).end());
    expect(await probeHttp({ url, timeoutMs: 1_000 })).toMatchObject({ isOk, message });
  });

  it('gives up a service that is silent, or that never ends its answer', async () => {
    const silent = await serve(() => undefined);
    expect(await probeHttp({ url: silent, timeoutMs: 50 })).toMatchObject({ isOk: false, message: 'no answer in time' });
    server?.closeAllConnections();
    server?.close();
    const dripping = await serve((_, response) => void response.writeHead(200).write('x'));
    expect(await probeHttp({ url: dripping, timeoutMs: 50 })).toMatchObject({ isOk: false, message: 'no answer in time' });
  });

  it('refuses an endless answer', async () => {
    const url = await serve((_, response) => response.end(Buffer.alloc(100_000)));
    expect(await probeHttp({ url, timeoutMs: 1_000 })).toMatchObject({ isOk: false, message: 'the answer is too large' });
  });

  it('says the same of the same fault, whatever the port', async () => {
    const url = await serve(() => undefined);
    await new Promise((resolve) => server?.close(resolve));
    expect(await probeHttp({ url, timeoutMs: 1_000 })).toMatchObject({ isOk: false, message: 'ECONNREFUSED' });
  });

  it('keeps no connection that would hold the service up', async () => {
    const url = await serve((_, response) => response.end());
    await probeHttp({ url, timeoutMs: 1_000 });
    await new Promise((resolve) => server?.close(resolve));
    expect(server?.listening).toBe(false);
  });
});
