import { v7 as uuidv7 } from 'uuid';
import { InMemoryCheckpoints, InMemoryEventStore, type StoredEvent } from '#libs/event-store';
import { asRecorded, type DomainEvent, type Recorded, toNewEvent } from '../../src/platform/log/domain-event.ts';
import { Log } from '../../src/platform/log/log.ts';
import type { ManualClock } from './manual-clock.ts';

/** A log in memory, on the test's clock. */
export const buildLog = (clock: ManualClock): Log =>
  new Log(new InMemoryEventStore({ now: clock.now }), new InMemoryCheckpoints(), clock);

/** Everything that the log holds. */
export const readWhole = (log: Log): Promise<StoredEvent[]> => log.store.readAll({ after: 0, limit: 100_000 });

/** Puts events into a stream, whatever is in it. */
export async function store(log: Log, stream: string, ...events: DomainEvent[]): Promise<void> {
  const writes = [{ stream, expected: 'any' as const, events: events.map((event) => toNewEvent(event, { actor: 'test' })) }];
  await log.store.append({ writes });
}

/** An event as if the log held it. */
export function recorded<E extends DomainEvent>(
  event: E,
  { position = 1, recordedAt = new Date('2026-01-01T00:00:00.000Z') }: { position?: number; recordedAt?: Date } = {},
): Recorded<E> {
  const stored: StoredEvent = {
    ...toNewEvent(event, { actor: 'test' }),
    id: uuidv7(),
    position,
    stream: 'test',
    version: position,
    recordedAt,
  };
  const [result] = asRecorded<E>([stored]);
  if (result === undefined) throw new Error('nothing recorded');
  return result;
}
