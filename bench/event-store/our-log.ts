import { randomUUID } from 'node:crypto';
import { type NewEvent, PostgresEventStore } from '#libs/event-store';
import { createEventId } from '../../src/platform/log/create-event-id.ts';
import type { Load, Work } from './pace.ts';
import { EVENT, takePayload } from './payload.ts';

export const openLog = (connectionString: string): PostgresEventStore =>
  new PostgresEventStore({
    connectionString,
    applicationName: 'bench-log',
    onConnectionError: (error) => console.error(error.message),
  });

export interface OurWork extends Load {
  /** 7 unless told: 4 is random. An event's id is also its key. */
  uuidVersion?: 4 | 7;
}

/** Every client appends to a stream of its own. */
export function appendToLog(store: PostgresEventStore, { clients, eventsPerAppend, uuidVersion = 7 }: OurWork): Work {
  const run = createEventId();
  const makeId = uuidVersion === 7 ? createEventId : randomUUID;
  const createEvent = (): NewEvent => ({ id: makeId(), data: takePayload(), ...EVENT });
  const append = async (client: number): Promise<void> => {
    const events = Array.from({ length: eventsPerAppend }, createEvent);
    const result = await store.append({ writes: [{ stream: `bench-${run}-${client}`, expected: 'any', events }] });
    if (result.status !== 'appended') throw new Error(`not appended: ${JSON.stringify(result)}`);
  };
  return { clients, eventsPerAppend, append };
}
