import { setTimeout as delay } from 'node:timers/promises';
import type { LogEvent } from '#libs/contracts';
import { CliError } from '../cli.errors.ts';
import { parseLogEvent } from './answers.ts';
import type { ApiClient } from './api-client.ts';
import { openEventStream } from './open-event-stream.ts';
import { computeRetryDelay } from './retry-delay.ts';
import type { SseFrame } from './sse-parser.ts';

export type FollowNote =
  | { kind: 'event'; event: LogEvent }
  | { kind: 'following'; url: string; position: string }
  | { kind: 'lost'; reason: string }
  | { kind: 'back'; afterMs: number; position: string }
  | { kind: 'reset'; position: string };

export interface FollowOptions {
  after: string;
  types: readonly string[] | undefined;
  signal: AbortSignal;
}

/**
 * The log as it grows, until `signal`. The first connection has to succeed; one that is lost later is made again for ever, after
 * the last event that was seen. A refusal that time won't change ends it.
 */
export async function* followEvents(client: ApiClient, options: FollowOptions): AsyncGenerator<FollowNote> {
  const { signal, types } = options;
  let position = options.after;
  let lostAtMs: number | undefined;
  for (let [attempt, isFirst] = [0, true]; !signal.aborted; attempt += 1) {
    try {
      const frames = await openEventStream(client, { after: position, types, signal });
      if (isFirst) yield { kind: 'following', url: client.urlOf('', {}).origin, position };
      if (lostAtMs !== undefined) yield { kind: 'back', afterMs: performance.now() - lostAtMs, position };
      [isFirst, lostAtMs] = [false, undefined];
      for await (const frame of frames) {
        // Only what is heard shows that the other side is well again.
        attempt = 0;
        position = frame.id ?? position;
        yield* toNotes(frame, position);
      }
      if (signal.aborted) return;
      lostAtMs = performance.now();
      yield { kind: 'lost', reason: 'the other side ended it' };
    } catch (error) {
      if (signal.aborted) return;
      if (isFirst || isFinal(error)) throw error;
      if (lostAtMs === undefined) yield { kind: 'lost', reason: reasonOf(error) };
      lostAtMs ??= performance.now();
    }
    await delay(computeRetryDelay(attempt, Math.random()), undefined, { signal }).catch(() => undefined);
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && error.code === 'ECONNRESET' ? 'it was cut off' : error.message;
}

const isFinal = (error: unknown): boolean => error instanceof CliError && !error.retryable;

function* toNotes(frame: SseFrame, position: string): Generator<FollowNote> {
  if (frame.event === 'reset') yield { kind: 'reset', position };
  if (frame.event === 'log') yield { kind: 'event', event: parseLogEvent('the event stream', frame.data) };
}
