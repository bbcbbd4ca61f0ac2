/** Where something is wrong: a range of positions, or a stream. */
export interface Place {
  readonly from?: number;
  readonly through?: number;
  readonly stream?: string;
}

const at = ({ from = 0, through = from }: Place): string =>
  from === through ? `position ${from}` : `positions ${from} to ${through}`;
const batch = ({ from = 0, through = from }: Place): string =>
  from === through ? `the batch at position ${from}` : `the batch of positions ${from} to ${through}`;
const stream = ({ stream: name = '' }: Place): string => JSON.stringify(name);

/** Everything that can be found, with the sentence that says it. */
const SENTENCES = {
  'event-changed': (place) => `the content at ${at(place)} is not what was appended there`,
  'event-time': (place) => `the time of recording at ${at(place)} is not that of its batch`,
  'event-correlation': (place) => `the correlation id in the column at ${at(place)} is not that of the metadata`,
  'event-missing': (place) => `no event is at ${at(place)}`,
  'event-misplaced': (place) => `an event is at ${at(place)}, where none can be`,
  'batch-changed': (place) => `the hash of ${batch(place)} is not that of its time, of its events and of the batch before it`,
  'batch-rehashed': (place) => `${batch(place)} has another hash than the one on which the next builds`,
  'batch-missing': (place) => `no batch of the chain holds ${at(place)}`,
  'batch-doubled': (place) => `${batch(place)} begins before the one before it ends`,
  'batch-time': (place) => `${batch(place)} was recorded before the one before it`,
  'head-differs': (place) => `the head of the log is not where its chain ends, which is ${batch(place)}`,
  'stream-broken': (place) => `the versions of stream ${stream(place)} are not 1, 2, 3 ..., first at ${at(place)}`,
  'stream-head-differs': (place) => `the head of stream ${stream(place)} does not agree with its events`,
  'key-missing': (place) => `no idempotency key leads to ${at(place)}`,
  'key-misplaced': (place) => `an idempotency key leads to ${at(place)}, which is not what was appended with it`,
  'anchor-differs': (place) =>
    `the log does not pass through the anchor at position ${place.through}: ${at(place)} were changed together with the chain, or cut off`,
  'anchor-foreign': () => 'there are anchors, and all are of other logs',
} satisfies Record<string, (place: Place) => string>;

export type FindingCode = keyof typeof SENTENCES;

/** The codes of all that can be found. */
export const FINDING_CODES: readonly string[] = Object.keys(SENTENCES);

/** Something that contradicts what the log promises. */
export interface Finding extends Place {
  readonly code: FindingCode;
  readonly sentence: string;
}

/** With more than this of one kind, what matters is that there are many. */
const MOST_PER_CODE = 100;

interface Found extends Place {
  code: FindingCode;
  through?: number;
}

/** Collects what is found: neighbours become one range, and of each kind only the first ones are kept, so memory stays bounded. */
export class Findings {
  readonly #kept = new Map<FindingCode, Found[]>();
  #more = 0;

  add(code: FindingCode, place: Place = {}): void {
    const kept = this.#kept.get(code) ?? [];
    this.#kept.set(code, kept);
    const last = kept.at(-1);
    const isNext = last?.stream === undefined && last?.through !== undefined && last.through + 1 === place.from;
    if (isNext && place.stream === undefined && !code.startsWith('batch-')) last.through = place.through ?? place.from;
    else if (kept.length < MOST_PER_CODE)
      kept.push({ code, ...place, ...(place.from === undefined ? {} : { through: place.through ?? place.from }) });
    else this.#more += 1;
  }

  /** How many were found and not kept. */
  get more(): number {
    return this.#more;
  }

  /** In the order of the log. */
  list(): Finding[] {
    return [...this.#kept.values()]
      .flat()
      .toSorted((a, b) => (a.from ?? 0) - (b.from ?? 0) || (a.code < b.code ? -1 : 1))
      .map((found) => ({ ...found, sentence: SENTENCES[found.code](found) }));
  }
}
