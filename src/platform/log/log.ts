import { hash } from 'node:crypto';
import { canonicalJson, formatPosition, type JsonObject, type JsonValue } from '#libs/contracts';
import type {
  AppendConflict,
  AppendRequest,
  AppendResult,
  AppendSuccess,
  Checkpoints,
  EventStore,
  ExpectedVersion,
  NewEvent,
  StreamCondition,
  StreamWrite,
} from '#libs/event-store';
import type { Clock } from '../clock.ts';
import { type DomainEvent, toNewEvent } from './domain-event.ts';

export const sha256Hex = (text: string): string => hash('sha256', text);

export interface LogWrite {
  stream: string;
  expected: ExpectedVersion;
  events: readonly DomainEvent[];
}

/** The stored event that made somebody do something. */
export interface Cause {
  id: string;
  position: number;
}

/** Events, and in which context they are stored. */
export interface LogEvents {
  /** Who acts: a module of ours, an agent, later a person. */
  actor: string;
  correlationId?: string;
  /** Without a position where it is stored in the same append. */
  cause?: Pick<Cause, 'id'> & Partial<Cause>;
  writes: readonly LogWrite[];
  /** Identities for events that others refer to within the same append, by position in `writes`. */
  eventIds?: ReadonlyMap<DomainEvent, string>;
}

export interface LogAppend extends LogEvents {
  /** Within the actor, names this append for ever: doing it twice stores it once. */
  key: string;
  conditions?: readonly StreamCondition[];
}

export type LogAppendResult = AppendSuccess | { status: 'conflict'; conflict: AppendConflict };

/** The log as the modules use it: events get identity, actor, cause and a key, in one place. */
export class Log {
  constructor(
    readonly store: EventStore,
    readonly checkpoints: Checkpoints,
    private readonly clock: Pick<Clock, 'catchUpWith'>,
  ) {}

  append(request: LogAppend): Promise<LogAppendResult> {
    const { actor, key, conditions } = request;
    return this.commit({
      // The key alone identifies what an own module does: a repetition may come to another decision (docs/adr/0006).
      idempotency: { scope: actor, key, contentHash: sha256Hex(key) },
      writes: toStreamWrites(request),
      ...(conditions === undefined ? {} : { conditions }),
    });
  }

  /** As `append`, of what is put together already. What is done after it is later than it, also where the database's clock was just set. */
  async commit(request: AppendRequest): Promise<AppendResult> {
    const result = await this.store.append(request);
    if (result.status === 'appended' && result.recordedAt !== undefined) this.clock.catchUpWith(result.recordedAt);
    return result;
  }
}

/** Gives events identity and context, for an append that isn't theirs alone. */
export function toStreamWrites({ actor, correlationId, cause, writes, eventIds }: LogEvents): StreamWrite[] {
  const metadata = {
    actor,
    ...(correlationId === undefined ? {} : { correlation_id: correlationId }),
    ...(cause === undefined ? {} : { causation_id: cause.id }),
    ...(cause?.position === undefined ? {} : { causation_position: formatPosition(cause.position) }),
  };
  const toEvent = (event: DomainEvent): NewEvent => {
    const created = toNewEvent(event, metadata);
    return { ...created, id: eventIds?.get(event) ?? created.id };
  };
  return writes
    .filter(({ events }) => events.length > 0)
    .map(({ stream, expected, events }) => ({ stream, expected, events: events.map(toEvent) }));
}

/** SHA-256 of a value's canonical JSON, lower-case hex. */
export const hashOf = (value: JsonObject | JsonValue): string => sha256Hex(canonicalJson(value));
