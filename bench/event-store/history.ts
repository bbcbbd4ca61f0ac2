import { PostgresEventStore } from '#libs/event-store';
import { v7 as uuidv7 } from 'uuid';
import { createRandomHistory } from '../../test/builders/random-history.ts';

/** About as the example's history: mostly reports, then what fixes do, then everything else. */
const WEIGHTS = { ErrorReported: 12, ProbeObserved: 4, TimerSet: 4, TimerFired: 4, IncidentGrew: 3 };
const THINGS = 5_000;
const EVENTS_PER_APPEND = 500;

/** Fills a log with events of every type about some thousand incidents, fixes and services. */
export async function fillWithHistory(store: PostgresEventStore, events: number, seed: number): Promise<void> {
  const history = createRandomHistory({ seed, things: THINGS, weights: WEIGHTS });
  let inFlight: Promise<unknown>[] = [];
  for (let n = 0; n < events; n += EVENTS_PER_APPEND) {
    const byStream = new Map<string, Parameters<typeof store.append>[0]['writes'][number]['events'][number][]>();
    for (let i = 0; i < Math.min(EVENTS_PER_APPEND, events - n); i += 1) {
      const { stream, ...event } = history.next().value;
      byStream.set(stream, [...(byStream.get(stream) ?? []), { ...event, id: uuidv7() }]);
    }
    const writes = [...byStream].map(([stream, written]) => ({ stream, expected: 'any' as const, events: written }));
    inFlight.push(store.append({ writes }));
    if (inFlight.length < 8) continue;
    await Promise.all(inFlight);
    inFlight = [];
  }
  await Promise.all(inFlight);
}
