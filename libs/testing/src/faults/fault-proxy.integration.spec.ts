import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Random } from '../random.ts';
import { waitUntil } from '../wait-until.ts';
import { FaultProxy } from './fault-proxy.ts';

/** What one side of a connection has heard so far. */
interface Heard {
  text: string;
  hasEnded: boolean;
  error: string | undefined;
}

function listenTo(socket: Socket): Heard {
  const heard: Heard = { text: '', hasEnded: false, error: undefined };
  socket.on('data', (bytes) => (heard.text += bytes.toString('latin1')));
  socket.on('end', () => (heard.hasEnded = true));
  socket.on('error', ({ code }: NodeJS.ErrnoException) => (heard.error = code));
  return heard;
}

/** Says again whatever it hears, behind its own name. */
class EchoServer {
  readonly heard: Heard[] = [];
  readonly sockets: Socket[] = [];
  private readonly server: Server;

  private constructor(name: string) {
    this.server = createServer((socket) => {
      this.heard.push(listenTo(socket));
      this.sockets.push(socket);
      socket.write(name);
      socket.pipe(socket);
    });
  }

  static async start(name = ''): Promise<EchoServer> {
    const echo = new EchoServer(name);
    await once(echo.server.listen(0, '127.0.0.1'), 'listening');
    return echo;
  }

  get url(): string {
    return `nats://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Until the server has heard exactly this on its latest connection. */
  hears(text: string): Promise<void> {
    return waitUntil(() => this.heard.at(-1)?.text === text);
  }

  stop(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }
}

describe('FaultProxy', () => {
  let echo: EchoServer;
  let proxy: FaultProxy;
  const clients: Socket[] = [];

  const open = async (): Promise<{ client: Socket; heard: Heard }> => {
    const client = connect(Number(new URL(proxy.url).port), '127.0.0.1');
    clients.push(client);
    const heard = listenTo(client);
    await once(client, 'connect');
    return { client, heard };
  };

  beforeEach(async () => {
    echo = await EchoServer.start();
    proxy = await FaultProxy.start(echo.url);
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    await proxy.leave();
    echo.stop();
  });

  it.each(['postgres://app:secret@127.0.0.1:5432/zantara?ssl=no', 'nats://127.0.0.1:4222'])('stands for %s', async (target) => {
    const other = await FaultProxy.start(target);
    const [here, there] = [new URL(other.url), new URL(target)];
    expect(here.port).not.toBe(there.port);
    expect(Object.assign(here, { port: there.port }).href).toBe(new URL(target).href);
    await other.leave();
  });

  it('keeps every byte and its place, however late and slow all of it is', async () => {
    const bytes = new Random(7).bytes(300_000);
    proxy.impair({ latencyMs: 5, jitterMs: 30, bytesPerSecond: 2_000_000 });
    const { client, heard } = await open();
    for (let start = 0; start < bytes.length; start += 10_000) client.write(bytes.subarray(start, start + 10_000));
    await waitUntil(() => heard.text.length === bytes.length);
    expect(heard.text).toBe(bytes.toString('latin1'));
  });

  it('has the sender wait while more is under way than it holds', async () => {
    proxy.hold('request');
    const { client, heard } = await open();
    const bytes = Buffer.alloc(16 * 1024 * 1024, 'x');
    client.write(bytes);
    await waitUntil(() => client.writableNeedDrain);
    proxy.recover();
    await waitUntil(() => heard.text.length === bytes.length);
  });

  it('is late by the latency in the direction that has one', async () => {
    const { client, heard } = await open();
    proxy.impair({ latencyMs: 200 }, 'answer');
    const sentAt = performance.now();
    client.write('late');
    await waitUntil(() => heard.text === 'late', { everyMs: 5 });
    expect(performance.now() - sentAt).toBeGreaterThanOrEqual(200);
  });

  it('drips when it is throttled', async () => {
    const { client, heard } = await open();
    proxy.impair({ bytesPerSecond: 500 }, 'request');
    const sentAt = performance.now();
    client.write('x'.repeat(100));
    await waitUntil(() => heard.text.length > 0, { everyMs: 5 });
    const first = heard.text.length;
    await waitUntil(() => heard.text.length === 100, { everyMs: 5 });
    expect(performance.now() - sentAt).toBeGreaterThanOrEqual(200);
    expect(first).toBeLessThan(100);
  });

  it('tells both sides of an end when it cuts', async () => {
    const { client, heard } = await open();
    client.write('before');
    await waitUntil(() => heard.text === 'before');
    proxy.cut();
    await waitUntil(() => heard.hasEnded && echo.heard[0]?.hasEnded === true);
    expect([heard.error, echo.heard[0]?.error]).toEqual([undefined, undefined]);
  });

  it('has both sides fail when it resets', async () => {
    const { client, heard } = await open();
    client.write('before');
    await waitUntil(() => heard.text === 'before');
    proxy.reset();
    await waitUntil(() => heard.error === 'ECONNRESET' && echo.heard[0]?.error === 'ECONNRESET');
    expect(heard.hasEnded).toBe(false);
  });

  it('leaves a connection half open in which one side is silent', async () => {
    const { client, heard } = await open();
    client.write('one');
    await waitUntil(() => heard.text === 'one');
    proxy.fallSilent('answer');
    client.write('two');
    await echo.hears('onetwo');
    echo.sockets[0]?.unpipe().resume().end('three');
    client.write('four');
    await echo.hears('onetwofour');
    expect(heard).toEqual({ text: 'one', hasEnded: false, error: undefined });
  });

  it('cuts a connection that lost something when it recovers, and keeps the others', async () => {
    const [lossy, whole] = [await open(), await open()];
    for (const { client } of [lossy, whole]) client.write('a');
    await waitUntil(() => lossy.heard.text + whole.heard.text === 'aa');
    proxy.fallSilent('answer');
    lossy.client.write('b');
    await waitUntil(() => echo.heard.some(({ text }) => text === 'ab'));
    // When this one is through, the answer to the one before has come to the proxy.
    lossy.client.write('c');
    await waitUntil(() => echo.heard.some(({ text }) => text === 'abc'));
    proxy.recover();
    await waitUntil(() => lossy.client.destroyed);
    whole.client.write('d');
    await waitUntil(() => whole.heard.text === 'ad');
    expect(lossy.heard.text).toBe('a');
  });

  it('holds back what it gives out later', async () => {
    const { client, heard } = await open();
    proxy.hold('answer');
    client.write('one');
    await echo.hears('one');
    client.write('two');
    await echo.hears('onetwo');
    expect(heard.text).toBe('');
    proxy.recover();
    await waitUntil(() => heard.text === 'onetwo');
  });

  it('does to a connection that comes later what it does to the others', async () => {
    proxy.hold('answer');
    const { client, heard } = await open();
    client.write('one');
    await echo.hears('one');
    client.write('two');
    await echo.hears('onetwo');
    expect(heard.text).toBe('');
  });

  it('hands an end on late when closing is slow', async () => {
    const { client } = await open();
    proxy.impair({ closeDelayMs: 200 }, 'request');
    const endedAt = performance.now();
    client.end('last');
    await echo.hears('last');
    expect(echo.heard[0]?.hasEnded).toBe(false);
    await waitUntil(() => echo.heard[0]?.hasEnded === true, { everyMs: 5 });
    expect(performance.now() - endedAt).toBeGreaterThanOrEqual(200);
  });

  it('answers nobody while it is away, and is at the same address afterwards', async () => {
    const { url } = proxy;
    const { client } = await open();
    await proxy.leave();
    await waitUntil(() => client.destroyed);
    await expect(open()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await proxy.listen();
    expect(proxy.url).toBe(url);
    const { client: next, heard } = await open();
    next.write('again');
    await waitUntil(() => heard.text === 'again');
  });

  it('leads to another server from now on, and leaves connections where they are', async () => {
    const other = await EchoServer.start('other:');
    const before = await open();
    before.client.write('one');
    await waitUntil(() => before.heard.text === 'one');
    proxy.target = other.url;
    const after = await open();
    after.client.write('two');
    before.client.write('three');
    await waitUntil(() => after.heard.text === 'other:two');
    await waitUntil(() => before.heard.text === 'onethree');
    other.stop();
  });
});
