import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';

export interface SseFrame {
  event: string;
  /** The reader's place from here on; without one it stays where it was. */
  id?: string;
  data: string;
}

export interface SseOptions {
  heartbeatMs: number;
  headers: Readonly<Record<string, string>>;
}

export const SSE_TYPE = 'text/event-stream; charset=utf-8';
/** After which a browser that was cut off tries again. */
const RETRY_MS = 1000;
/** An event, for a comment is not heard in a browser. */
const HEARTBEAT = { event: 'heartbeat', data: '{}' };

/** One reader of server-sent events (WHATWG HTML, 9.2). */
export class SseConnection {
  private readonly response: ServerResponse;
  private readonly heartbeat: NodeJS.Timeout;
  private resume: (() => void) | undefined;
  private isWoken = false;

  constructor(reply: FastifyReply, { heartbeatMs, headers }: SseOptions) {
    reply.hijack();
    this.response = reply.raw;
    this.response.writeHead(200, {
      ...headers,
      'content-type': SSE_TYPE,
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    });
    this.response.write(`retry: ${RETRY_MS}\n\n`);
    this.heartbeat = setInterval(() => this.send(HEARTBEAT), heartbeatMs);
    this.response.on('close', () => this.end());
  }

  get isOpen(): boolean {
    return !this.response.writableEnded && !this.response.destroyed;
  }

  send({ event, id, data }: SseFrame): boolean {
    return this.response.write(`event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: ${data}\n\n`);
  }

  /** Sends as fast as the reader takes it. */
  async drain(frames: readonly SseFrame[]): Promise<void> {
    for (const frame of frames) {
      if (!this.isOpen) return;
      if (!this.send(frame)) await this.waitForRoom();
    }
  }

  private async waitForRoom(): Promise<void> {
    // Whichever comes first takes the other listener off; else a slow reader would collect them.
    const either = new AbortController();
    const options = { signal: either.signal };
    const waits = [once(this.response, 'drain', options), once(this.response, 'close', options)];
    await Promise.race(waits).finally(() => either.abort());
    await Promise.allSettled(waits);
  }

  wake(): void {
    this.isWoken = true;
    this.resume?.();
  }

  /** Until `wake`, at most this long. */
  async waitForWake(maxMs: number): Promise<void> {
    if (!this.isWoken && this.isOpen) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, maxMs);
        this.resume = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.resume = undefined;
    this.isWoken = false;
  }

  end(): void {
    clearInterval(this.heartbeat);
    if (this.isOpen) this.response.end();
    this.wake();
  }
}
