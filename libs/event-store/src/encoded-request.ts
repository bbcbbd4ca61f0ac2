import { hash } from 'node:crypto';
import { canonicalJson, type JsonObject, ZantaraError } from '#libs/contracts';
import { checkRequest } from './append-request-check.ts';
import type { AppendRequest, ExpectedVersion, NewEvent, StreamWrite } from './event-store.ts';
import { InvalidAppendError, JsonTooDeepError } from './event-store.errors.ts';
import { isTooDeep } from './json-depth.ts';
import { computeLeafHash } from './leaf-hash.ts';
import { sanitizeJson } from './sanitize-text.ts';

/** An event as it is written: canonical texts and their hash. */
export interface EncodedEvent {
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly payload: string;
  readonly metadata: string;
  readonly correlationId: string | undefined;
  readonly leaf: Buffer;
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
  readonly contentHash: Buffer;
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
  const counter: Counter = { bytes: 0, replaced: 0 };
  const writes = request.writes.map(({ stream, events }) => ({
    stream,
    events: events.map((event) => encodeEvent(stream, event, counter)),
  }));
  return {
    ...encodeKey(request, writes),
    writes,
    checks: encodeChecks(request),
    eventCount: writes.reduce((sum, write) => sum + write.events.length, 0),
    ...counter,
  };
}

interface Counter {
  bytes: number;
  replaced: number;
}

function encodeEvent(stream: string, event: NewEvent, counter: Counter): EncodedEvent {
  const { id, type, schemaVersion } = event;
  const payload = encodeJson(event.data, counter);
  const metadata = encodeJson(event.metadata, counter);
  counter.bytes += payload.length + metadata.length + 200;
  const leaf = computeLeafHash({ stream, id, type, schemaVersion, payload, metadata });
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

function encodeKey(
  request: AppendRequest,
  writes: readonly EncodedWrite[],
): Pick<EncodedRequest, 'scope' | 'key' | 'contentHash'> {
  const given = request.idempotency;
  if (given) return { scope: given.scope, key: given.key, contentHash: Buffer.from(given.contentHash, 'hex') };
  const leaves = writes.flatMap((write) => write.events.map((event) => event.leaf));
  const key = request.writes[0]?.events[0]?.id ?? '';
  return { scope: OWN_SCOPE, key, contentHash: hash('sha256', Buffer.concat(leaves), 'buffer') };
}

function encodeChecks(request: AppendRequest): EncodedCheck[] {
  const demanding = (demand: Pick<StreamWrite, 'expected'>): boolean => demand.expected !== 'any';
  return [
    ...request.writes.filter(demanding).map(({ stream, expected }) => ({ stream, expected, reason: 'wrong-version' as const })),
    ...(request.conditions ?? [])
      .filter(demanding)
      .map(({ stream, expected }) => ({ stream, expected, reason: 'condition-failed' as const })),
  ];
}
