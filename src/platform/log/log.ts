import { hash } from 'node:crypto';
import { canonicalJson, formatPosition, type JsonObject, type JsonValue } from '#libs/contracts';
import type { AppendConflict, AppendSuccess, Checkpoints, EventStore, ExpectedVersion, StreamCondition } from '#libs/event-store';
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

export interface LogAppend {
  /** Who acts: a module of ours, an agent, later a person. */
  actor: string;
  /** Within the actor, names this append for ever: doing it twice stores it once. */
  key: string;
  correlationId?: string;
  cause?: Cause;
  writes: readonly LogWrite[];
  conditions?: readonly StreamCondition[];
  /** Identities for events that others refer to within the same append, by position in `writes`. */
  eventIds?: ReadonlyMap<DomainEvent, string>;
}

export type LogAppendResult = AppendSuccess | { status: 'conflict'; conflict: AppendConflict };

/** The log as the modules use it: events get identity, actor, cause and a key, in one place. */
export class Log {
  constructor(
    readonly store: EventStore,
    readonly checkpoints: Checkpoints,
  ) {}

  append(request: LogAppend): Promise<LogAppendResult> {
    const { actor, key, correlationId, cause, conditions, eventIds } = request;
    const metadata = {
      actor,
      ...(correlationId === undefined ? {} : { correlation_id: correlationId }),
      ...(cause === undefined ? {} : { causation_id: cause.id, causation_position: formatPosition(cause.position) }),
    };
    const writes = request.writes
      .filter(({ events }) => events.length > 0)
      .map(({ stream, expected, events }) => ({
        stream,
        expected,
        events: events.map((event) => {
          const created = toNewEvent(event, metadata);
          return { ...created, id: eventIds?.get(event) ?? created.id };
        }),
      }));
    return this.store.append({
      // The key alone identifies what an own module does: a repetition may come to another decision (docs/adr/0006).
      idempotency: { scope: actor, key, contentHash: sha256Hex(key) },
      writes,
      ...(conditions === undefined ? {} : { conditions }),
    });
  }
}

/** SHA-256 of a value's canonical JSON, lower-case hex. */
export const hashOf = (value: JsonObject | JsonValue): string => sha256Hex(canonicalJson(value));
