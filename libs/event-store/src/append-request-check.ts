import type { AppendRequest, EventMetadata, ExpectedVersion, IdempotencyKey, NewEvent } from './event-store.ts';
import { InvalidAppendError } from './event-store.errors.ts';

/** More events than this never go into one request: a commit must stay short, for all others wait for it. */
export const MAX_EVENTS_PER_REQUEST = 10_000;

// ASCII only: then the order of code units, of bytes and of PostgreSQL's "C" collation is the same.
const STREAM = /^[\x21-\x7e]{1,200}$/;
const TYPE = /^[A-Z][A-Za-z0-9]{0,99}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const SHA256 = /^[0-9a-f]{64}$/;
const UNREPRESENTABLE = /\0|\p{Surrogate}/u;
const MAX_KEY_BYTES = 512; // a B-tree entry holds at most 2,704 bytes
const MAX_SCHEMA_VERSION = 32_767;
const MAX_VERSION = 2_147_483_647; // as an integer column holds it

/** @throws InvalidAppendError if the request breaks a rule that doesn't depend on the state of the log. */
export function checkRequest(request: AppendRequest): void {
  if (request.idempotency) checkKey(request.idempotency);
  demand(request.writes.length > 0, 'a request writes to at least one stream');
  const streams = new Set(request.writes.map((write) => write.stream));
  demand(streams.size === request.writes.length, 'a request writes to a stream once');
  let count = 0;
  for (const { stream, expected, events } of request.writes) {
    checkExpectation(stream, expected);
    demand(events.length > 0, `the write to ${stream} holds at least one event`);
    events.forEach(checkEvent);
    count += events.length;
  }
  demand(count <= MAX_EVENTS_PER_REQUEST, `a request holds at most ${MAX_EVENTS_PER_REQUEST} events`);
  for (const { stream, expected } of request.conditions ?? []) checkExpectation(stream, expected);
}

function checkKey({ scope, key, contentHash }: IdempotencyKey): void {
  for (const text of [scope, key]) {
    demand(text.length > 0 && Buffer.byteLength(text) <= MAX_KEY_BYTES, `scope and key have 1 to ${MAX_KEY_BYTES} bytes`);
    demand(!UNREPRESENTABLE.test(text), 'scope and key hold no NUL and no lone surrogate');
  }
  demand(SHA256.test(contentHash), 'a content hash has 64 hexadecimal digits');
}

function checkExpectation(stream: string, expected: ExpectedVersion): void {
  demand(STREAM.test(stream), `${JSON.stringify(stream.slice(0, 40))} is not a stream name: 1 to 200 visible ASCII characters`);
  const isVersion = typeof expected === 'string' || (Number.isInteger(expected) && expected >= 0 && expected <= MAX_VERSION);
  demand(isVersion, `${expected} is not a version`);
}

function checkEvent(event: NewEvent): void {
  demand(UUID.test(event.id), `${JSON.stringify(event.id)} is not a UUID in lower case`);
  demand(TYPE.test(event.type), `${JSON.stringify(event.type)} is not an event type`);
  const { schemaVersion } = event;
  const isVersion = Number.isInteger(schemaVersion) && schemaVersion >= 1 && schemaVersion <= MAX_SCHEMA_VERSION;
  demand(isVersion, `${schemaVersion} is not a schema version`);
  checkMetadata(event.metadata);
}

function checkMetadata(metadata: EventMetadata): void {
  const values = Object.values(metadata).filter((value) => value !== undefined);
  demand(typeof metadata.actor === 'string', 'metadata names the actor');
  demand(
    values.every((value) => typeof value === 'string'),
    'metadata holds text only',
  );
  checkCorrelation(metadata.correlation_id);
}

function checkCorrelation(id: string | undefined): void {
  if (id === undefined) return;
  const fits = id.length > 0 && Buffer.byteLength(id) <= MAX_KEY_BYTES && !UNREPRESENTABLE.test(id);
  demand(fits, `a correlation id has 1 to ${MAX_KEY_BYTES} bytes of plain text`);
}

function demand(holds: boolean, rule: string): void {
  if (!holds) throw new InvalidAppendError(`the append is refused: ${rule}`);
}
