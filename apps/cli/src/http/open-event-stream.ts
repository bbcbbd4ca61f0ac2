import type { IncomingMessage } from 'node:http';
import { UnexpectedAnswerError } from '../cli.errors.ts';
import { type ApiClient, readBody, tryJson } from './api-client.ts';
import { toProblemError } from './problem.errors.ts';
import { sendRequest } from './send-request.ts';
import { type SseFrame, SseParser } from './sse-parser.ts';

interface StreamOptions {
  after: string;
  types: readonly string[] | undefined;
  signal: AbortSignal;
}

/** The other side gives a sign every 5 s; without three of them the connection is dead, in milliseconds. */
const SILENCE_MS = 15_000;

/** Opens one connection to the stream of events; its frames come until it is cut off, which throws, or ended. */
export async function openEventStream(client: ApiClient, options: StreamOptions): Promise<AsyncGenerator<SseFrame>> {
  const { after, types, signal } = options;
  const url = client.urlOf('/api/events/stream', { types: types?.join(',') });
  const connecting = new AbortController();
  const late = setTimeout(() => connecting.abort(new DOMException('no answer', 'TimeoutError')), client.timeoutMs);
  const either = AbortSignal.any([signal, connecting.signal]);
  try {
    const headers = { accept: 'text/event-stream', 'last-event-id': after, ...client.identity };
    const response = await sendRequest(url, { headers, signal: either });
    await assertStream(response, url, either);
    return readFrames(response);
  } finally {
    clearTimeout(late);
  }
}

async function assertStream(response: IncomingMessage, url: URL, signal: AbortSignal): Promise<void> {
  const status = response.statusCode ?? 0;
  if (status !== 200) throw toProblemError(url.origin, status, tryJson(await readBody(response, url, signal)));
  const mediaType = response.headers['content-type'] ?? '';
  if (mediaType.startsWith('text/event-stream')) return;
  response.destroy();
  throw new UnexpectedAnswerError(url.origin, 'it is no stream of events');
}

async function* readFrames(response: IncomingMessage): AsyncGenerator<SseFrame> {
  const parser = new SseParser();
  const decoder = new TextDecoder();
  response.setTimeout(SILENCE_MS, () => response.destroy(new Error('nothing was heard for too long')));
  for await (const chunk of response) {
    if (Buffer.isBuffer(chunk)) yield* parser.push(decoder.decode(chunk, { stream: true }));
  }
}
