import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { AppendRequest, AppendResult, AppendSuccess, IdempotencyKey, NewEvent } from '#libs/event-store';
import type { LedgerEntry, Sent } from '../kills/append-ledger.ts';

/** One of the requests of a round, with what has to be answered. */
export interface Asked extends Sent {
  readonly request: AppendRequest;
  readonly isRightful: boolean;
}

interface Shape {
  readonly isKeyed: boolean;
  readonly expects: 'any' | 'version' | 'version of another' | 'an old version';
}

/** Every kind of request there is; the last ones have to be refused, also when they are repeated. */
const SHAPES: readonly Shape[] = (['any', 'version', 'version of another', 'an old version'] as const).flatMap((expects) =>
  [true, false].map((isKeyed) => ({ isKeyed, expects })),
);

/** A stream that is there, at its first version, before anything goes wrong. */
const TAKEN = 'taken';

/** Builds the requests of a round. Each sender has a stream of its own, whose version it therefore knows. */
export class Senders {
  private readonly versions: number[] = SHAPES.map(() => 0);

  /** Has to be stored before any other. */
  first(): Asked {
    const [name, id] = [uuidv7(), uuidv7()];
    const request: AppendRequest = { writes: [{ stream: TAKEN, expected: 'none', events: [toEvent(id)] }] };
    return { name, stream: TAKEN, isKeyed: false, eventIds: [id], request, isRightful: true };
  }

  next(): Asked[] {
    return SHAPES.map((shape, sender) => this.build(shape, sender));
  }

  /** What was refused, rightly or not, has left its stream as it was. */
  noteStored(asked: readonly Asked[], isStored: (one: Asked) => boolean): void {
    for (const [sender, one] of asked.entries()) {
      if (isStored(one)) this.versions[sender] = (this.versions[sender] ?? 0) + one.eventIds.length;
    }
  }

  private build({ isKeyed, expects }: Shape, sender: number): Asked {
    const name = uuidv7();
    const stream = `doubt-${sender}`;
    const version = this.versions[sender] ?? 0;
    const eventIds = Array.from({ length: 1 + (sender % 3) }, () => uuidv7());
    const isRightful = expects !== 'an old version';
    const write = isRightful
      ? { stream, expected: expects === 'any' ? ('any' as const) : version, events: eventIds.map(toEvent) }
      : { stream: TAKEN, expected: 'none' as const, events: eventIds.map(toEvent) };
    const conditions = expects === 'version of another' ? [{ stream: TAKEN, expected: 1 }] : [];
    const request = { ...(isKeyed ? { idempotency: keyOf(name) } : {}), writes: [write], conditions };
    return { name, stream, isKeyed, eventIds, request, isRightful };
  }
}

/** The same key, asked with something else. */
export const withOtherContent = ({ name, request }: Asked): AppendRequest => ({
  ...request,
  idempotency: { ...keyOf(name), contentHash: createHash('sha256').update('something else').digest('hex') },
});

export const toEntry = (asked: Asked, answer: AppendResult): LedgerEntry => {
  const { name, stream, isKeyed, eventIds } = asked;
  return { name, stream, isKeyed, eventIds, ...(isSuccess(answer) ? { answer } : {}) };
};

export const isSuccess = (answer: AppendResult): answer is AppendSuccess => answer.status !== 'conflict';

const keyOf = (name: string): IdempotencyKey => ({
  scope: 'doubt',
  key: name,
  contentHash: createHash('sha256').update(name).digest('hex'),
});

const toEvent = (id: string): NewEvent => ({
  id,
  type: 'ThingHappened',
  schemaVersion: 1,
  data: {},
  metadata: { actor: 'doubt' },
});
