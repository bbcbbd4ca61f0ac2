import { createHash } from 'node:crypto';
import { v7 } from 'uuid';
import type { AppendRequest, AppendResult, AppendSuccess, ExpectedVersion, IdempotencyKey, NewEvent } from '#libs/event-store';

/** A valid event; the test names only what it is about. */
export function buildEvent(parts: Partial<NewEvent> = {}): NewEvent {
  return { id: v7(), type: 'ThingHappened', schemaVersion: 1, data: { n: 1 }, metadata: { actor: 'test' }, ...parts };
}

export function buildEvents(count: number, parts: Partial<NewEvent> = {}): NewEvent[] {
  return Array.from({ length: count }, (_, n) => buildEvent({ data: { n }, ...parts }));
}

/** A request that writes events to one stream. */
export function buildAppend(
  stream: string,
  expected: ExpectedVersion = 'any',
  events: number | readonly NewEvent[] = 1,
): AppendRequest {
  return { writes: [{ stream, expected, events: typeof events === 'number' ? buildEvents(events) : events }] };
}

/** A key whose content hash is that of the given content. */
export function buildKey(key: string, content = key, scope = 'agent-1'): IdempotencyKey {
  return { scope, key, contentHash: createHash('sha256').update(content).digest('hex') };
}

/** The positions of a success; anything else fails the test with what came instead. */
export function expectAppended(result: AppendResult): AppendSuccess {
  if (result.status === 'conflict') throw new Error(`refused: ${JSON.stringify(result.conflict)}`);
  return result;
}
