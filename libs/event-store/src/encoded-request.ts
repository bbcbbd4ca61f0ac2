import { hash } from 'node:crypto';
import { canonicalJson, type JsonObject, ZantaraError } from '#libs/contracts';
import { checkRequest } from './append-request-check.ts';
import type { AppendRequest, ExpectedVersion, IdempotencyKey, NewEvent, StreamWrite } from './event-store.ts';
import { InvalidAppendError, JsonTooDeepError } from './event-store.errors.ts';
import { isTooDeep } from './json-depth.ts';
import { composeLeaf } from './leaf-hash.ts';
import { sanitizeJson } from './sanitize-text.ts';

/** An event as it is written: canonical texts and their hash. */
export interface EncodedEvent {
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly payload: string;
  readonly metadata: string;
  readonly correlationId: string | undefined;
  /** Leaf hash in hexadecimal digits, as each Buffer of a hash is memory outside of the heap, and collecting it costs more than the hash. */
  readonly leaf: string;
}

export interface EncodedWrite {
  readonly stream: string;
  readonly events: readonly EncodedEvent[];
}

/** One demand on a stream, judged on the state before the request. */
export interface EncodedCheck {
  readonly stream: string;
  readonly expected: ExpectedVersion;
  readonly reason: 'wrong-version' | 'condition-failed';
}

/** A request that was found valid, ready to be stored or judged. */
export interface EncodedRequest {
  readonly scope: string;
  readonly key: string;
  /** 64 hexadecimal digits. */
  readonly contentHash: string;
  readonly writes: readonly EncodedWrite[];
  readonly checks: readonly EncodedCheck[];
  readonly eventCount: number;
  readonly bytes: number;
  /** Characters that PostgreSQL can't hold and that became U+FFFD. */
  readonly replaced: number;
}

/** Scope of the keys that are made for requests without one. Scopes of callers are never empty. */
const OWN_SCOPE = '';

/** Checks a request and brings it to the form in which it is stored. */
export function encodeRequest(request: AppendRequest): EncodedRequest {
  checkRequest(request);
  const counter: Counter = { events: 0, bytes: 0, replaced: 0 };
  const writes = request.writes.map((write) => encodeWrite(write, counter));
  const { scope, key, contentHash } = request.idempotency ?? makeKey(writes);
  // Member by member: to spread the parts into it costs as much as a hash.
  return {
    scope,
    key,
    contentHash,
    writes,
    checks: encodeChecks(request),
    eventCount: counter.events,
    bytes: counter.bytes,
    replaced: counter.replaced,
  };
}

interface Counter {
  events: number;
  bytes: number;
  replaced: number;
}

function encodeWrite({ stream, events }: StreamWrite, counter: Counter): EncodedWrite {
  counter.events += events.length;
  return { stream, events: events.map((event) => encodeEvent(stream, event, counter)) };
}

function encodeEvent(stream: string, event: NewEvent, counter: Counter): EncodedEvent {
  const { id, type, schemaVersion } = event;
  const payload = encodeJson(event.data, counter);
  const metadata = encodeJson(event.metadata, counter);
  counter.bytes += payload.length + metadata.length + 200;
  const leaf = hash('sha256', composeLeaf({ stream, id, type, schemaVersion, payload, metadata }));
  return { id, type, schemaVersion, payload, metadata, correlationId: event.metadata.correlation_id, leaf };
}

function encodeJson(value: JsonObject, counter: Counter): string {
  if (isTooDeep(value)) throw new InvalidAppendError('an event nests too deep', new JsonTooDeepError());
  try {
    const text = canonicalJson(value);
    // An escaped NUL, or the six plain characters; sanitizing finds out which.
    if (!text.includes('\\u0000')) return text;
  } catch (error) {
    if (!(error instanceof ZantaraError)) throw error;
  }
  return encodeSanitized(value, counter);
}

function encodeSanitized(value: JsonObject, counter: Counter): string {
  const clean = sanitizeJson(value);
  counter.replaced += clean.replaced;
  try {
    return canonicalJson(clean.value);
  } catch (error) {
    throw new InvalidAppendError('an event holds something that JSON has no form for', error);
  }
}

/** The id of the first event, and a hash over the leaves of all. */
function makeKey(writes: readonly EncodedWrite[]): IdempotencyKey {
  const leaves = writes.flatMap(({ events }) => events.map(({ leaf }) => leaf));
  return {
    scope: OWN_SCOPE,
    key: writes[0]?.events[0]?.id ?? '',
    contentHash: hash('sha256', Buffer.from(leaves.join(''), 'hex')),
  };
}

function encodeChecks({ writes, conditions = [] }: AppendRequest): EncodedCheck[] {
  const checks: EncodedCheck[] = [];
  for (const { stream, expected } of writes) if (expected !== 'any') checks.push({ stream, expected, reason: 'wrong-version' });
  for (const { stream, expected } of conditions)
    if (expected !== 'any') checks.push({ stream, expected, reason: 'condition-failed' });
  return checks;
}
