import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject, JsonValue } from '#libs/contracts';
import { LogEventSchema } from '#libs/contracts/schemas';
import { v7 as uuidv7 } from 'uuid';
import { InMemoryEventStore, type NewEvent } from '#libs/event-store';
import { Random } from '#libs/testing';

const SAMPLES = join(import.meta.dirname, '../event-samples');

interface Sample {
  stream: string;
  type: string;
  schemaVersion: number;
  data: JsonObject;
}

const samples: readonly Sample[] = readdirSync(SAMPLES)
  .filter((file) => file.endsWith('.json'))
  .map((file) => LogEventSchema.parse(JSON.parse(readFileSync(join(SAMPLES, file), 'utf8'))))
  .map(({ stream, type, schema_version: schemaVersion, data }) => ({ stream, type, schemaVersion, data }));

export interface HistoryOptions {
  seed: number;
  /** Different incidents, fixes, services and agents each. */
  things?: number;
  /** Share of events that no projection can handle. */
  poison?: number;
  /** How often each type comes, by its name; 1 where nothing is said. */
  weights?: Readonly<Record<string, number>>;
}

export type HistoryEvent = Omit<NewEvent, 'id'> & { stream: string };

/** Events of every type without rhyme or reason, about a few things, so that they meet on the same rows. The same seed, the same events. */
export function* createRandomHistory({
  seed,
  things = 3,
  poison = 0,
  weights = {},
}: HistoryOptions): Generator<HistoryEvent, never> {
  const random = new Random(seed);
  const lottery = samples.flatMap((sample) => Array.from({ length: weights[sample.type] ?? 1 }, () => sample));
  for (;;) {
    const sample = random.pick(lottery);
    const nth = random.below(things).toString(16).padStart(4, '0');
    const rename = (text: string): string =>
      text.replaceAll('3f2a9c41d07b', `3f2a9c41${nth}`).replace(/^memory\b|(?<=[-.])memory\b/g, `memory${nth}`);
    const data = vary(rewrite(sample.data, rename), random);
    yield {
      stream: rename(sample.stream),
      type: sample.type,
      schemaVersion: sample.schemaVersion,
      data: random.chance(poison) ? spoil(data, random) : data,
      metadata: { actor: 'test' },
    };
  }
}

/** A log in memory with so many of them. */
export async function buildHistoryStore({
  events,
  ...options
}: HistoryOptions & { events: number }): Promise<InMemoryEventStore> {
  const store = new InMemoryEventStore({ now: () => new Date('2026-01-01T00:00:00Z') });
  const history = createRandomHistory(options);
  for (let n = 0; n < events; n += 1) {
    const { stream, ...event } = history.next().value;
    await store.append({ writes: [{ stream, expected: 'any', events: [{ ...event, id: uuidv7() }] }] });
  }
  return store;
}

/** Parsing is a third of the work where a million events are wanted: texts are renamed on their way through it. */
function rewrite(data: JsonObject, rename: (text: string) => string): JsonObject {
  const renamed = (_key: string, member: unknown): unknown => (typeof member === 'string' ? rename(member) : member);
  return JSON.parse(JSON.stringify(data), renamed) as JsonObject;
}

/** Small numbers move, and some words are exchanged for others of their kind. */
function vary(data: JsonObject, random: Random): JsonObject {
  const varied: Record<string, JsonValue | undefined> = { ...data };
  const replace = (name: string, values: readonly JsonValue[]): void => {
    if (name in varied) varied[name] = random.pick(values);
  };
  replace('generation', [1, 2, 3]);
  replace('name', ['acknowledge', 'result', 'probe']);
  replace('count', [1, 2, 40, 1000]);
  replace('to', ['healthy', 'unhealthy', 'stopped']);
  if ('clean_probes' in varied) replace('verdict', ['verified', 'recurred', 'superseded', 'inconclusive']);
  return varied;
}

/** A member of another type, at random: what the projections that need it can't make anything of. */
function spoil(data: JsonObject, random: Random): JsonObject {
  const names = Object.keys(data);
  return names.length === 0 ? data : { ...data, [random.pick(names)]: [{ spoilt: random.fraction() }] };
}
