import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { JsonObject } from '#libs/contracts';
import type { NewEvent } from '#libs/event-store';

/** How much is appended: so many writers at once, so many events in each append. */
export interface Workload {
  name: string;
  writers: number;
  eventsPerAppend: number;
  appends: number;
}

/** The payload of the measurements that stack.md quotes, in bytes of JSON. */
const PAYLOAD_BYTES = 524;
const FRAME_BYTES = JSON.stringify({ text: '' }).length;

export const createPayload = (): JsonObject => ({
  text: randomBytes(PAYLOAD_BYTES)
    .toString('base64url')
    .slice(0, PAYLOAD_BYTES - FRAME_BYTES),
});

export const createEvents = (count: number): NewEvent[] =>
  Array.from({ length: count }, () => ({
    id: uuidv7(),
    type: 'ThingHappened',
    schemaVersion: 1,
    data: createPayload(),
    metadata: { actor: 'bench' },
  }));

export interface Pace {
  eventsPerSecond: number;
  /** Median time of one append, in milliseconds. */
  medianMs: number;
}

/** Lets so many writers append, each one after the other, until all appends are done. */
export async function drive(workload: Workload, append: (writer: number) => Promise<void>): Promise<Pace> {
  const { writers, eventsPerAppend, appends } = workload;
  const times: number[] = [];
  let left = appends;
  const write = async (writer: number): Promise<void> => {
    while (left-- > 0) {
      const startedAt = performance.now();
      await append(writer);
      times.push(performance.now() - startedAt);
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
  const seconds = (performance.now() - startedAt) / 1000;
  times.sort((a, b) => a - b);
  return { eventsPerSecond: (appends * eventsPerAppend) / seconds, medianMs: times[Math.floor(times.length / 2)] ?? Number.NaN };
}
