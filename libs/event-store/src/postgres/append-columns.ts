import type { EncodedCheck, EncodedEvent, EncodedRequest } from '../encoded-request.ts';
import type { ExpectedVersion } from '../event-store.ts';

/** The arrays of the append function; its migration says what each means. Indices count from 1, as in SQL. */
export interface AppendColumns {
  readonly keyIndexes: number[];
  readonly eventsBefore: number[];
  /** Written streams, sorted. */
  readonly streams: string[];
  readonly streamEvents: number[];
  readonly streamFirst: number[];
  readonly streamLast: number[];
  /** Streams that are only looked at. */
  readonly lookedAt: string[];
  readonly writeStreams: number[];
  readonly writeEvents: number[];
  readonly writeShifts: number[];
  readonly checkRequests: number[];
  readonly checkStreams: number[];
  readonly checkExpected: number[];
  readonly checkBefore: number[];
  readonly eventWrites: number[];
  /** In the order of `checkRequests`: what the number in a failed answer means. */
  readonly checks: EncodedCheck[];
  readonly events: EncodedEvent[];
}

interface StreamTally {
  index: number;
  /** Events in the whole batch. */
  total: number;
  /** Events of the requests so far. */
  seen: number;
  first: number;
  last: number;
}

/** Lays a batch out as columns, supposing that every request is accepted. */
export function computeAppendColumns(requests: readonly EncodedRequest[]): AppendColumns {
  const tallies = tallyStreams(requests);
  const lookedAt = findLookedAt(requests, tallies);
  const columns: AppendColumns = {
    keyIndexes: computeKeyIndexes(requests),
    eventsBefore: [],
    streams: [...tallies.keys()],
    streamEvents: [],
    streamFirst: [],
    streamLast: [],
    lookedAt: [...lookedAt.keys()],
    writeStreams: [],
    writeEvents: [],
    writeShifts: [],
    checkRequests: [],
    checkStreams: [],
    checkExpected: [],
    checkBefore: [],
    eventWrites: [],
    checks: [],
    events: [],
  };
  requests.forEach((request, index) => {
    columns.eventsBefore.push(columns.events.length);
    for (const check of request.checks)
      addCheck(columns, check, index + 1, tallies.get(check.stream) ?? lookedAt.get(check.stream));
    for (const write of request.writes) addWrite(columns, write.events, tallies.get(write.stream));
  });
  for (const { total, first, last } of tallies.values()) {
    columns.streamEvents.push(total);
    columns.streamFirst.push(first);
    columns.streamLast.push(last);
  }
  return columns;
}

/** The written streams in the order of their names, with their events in the whole batch. */
function tallyStreams(requests: readonly EncodedRequest[]): Map<string, StreamTally> {
  const totals = new Map<string, number>();
  for (const request of requests)
    for (const { stream, events } of request.writes) totals.set(stream, (totals.get(stream) ?? 0) + events.length);
  // Names are ASCII, so this is also the order of PostgreSQL's "C" collation, in which the function reads them back.
  const sorted = [...totals].sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(sorted.map(([stream, total], index) => [stream, { index: index + 1, total, seen: 0, first: 0, last: 0 }]));
}

function findLookedAt(requests: readonly EncodedRequest[], written: ReadonlyMap<string, StreamTally>): Map<string, StreamTally> {
  const found = new Map<string, StreamTally>();
  for (const { checks } of requests)
    for (const { stream } of checks)
      if (!written.has(stream) && !found.has(stream))
        found.set(stream, { index: written.size + found.size + 1, total: 0, seen: 0, first: 0, last: 0 });
  return found;
}

function computeKeyIndexes(requests: readonly EncodedRequest[]): number[] {
  const known = new Map<string, number>();
  return requests.map(({ scope, key }) => {
    const id = `${scope}\0${key}`;
    const index = known.get(id) ?? known.size + 1;
    known.set(id, index);
    return index;
  });
}

function addCheck(columns: AppendColumns, check: EncodedCheck, request: number, tally: StreamTally | undefined): void {
  if (tally === undefined) return;
  columns.checks.push(check);
  columns.checkRequests.push(request);
  columns.checkStreams.push(tally.index);
  columns.checkExpected.push(encodeExpected(check.expected));
  columns.checkBefore.push(tally.seen - tally.total);
}

function addWrite(columns: AppendColumns, events: readonly EncodedEvent[], tally: StreamTally | undefined): void {
  if (tally === undefined) return;
  const before = columns.events.length;
  columns.writeStreams.push(tally.index);
  columns.writeEvents.push(events.length);
  columns.writeShifts.push(tally.seen - tally.total - before);
  for (const event of events) {
    columns.events.push(event);
    columns.eventWrites.push(columns.writeStreams.length);
  }
  if (tally.seen === 0) tally.first = before + 1;
  tally.seen += events.length;
  tally.last = columns.events.length;
}

function encodeExpected(expected: ExpectedVersion): number {
  switch (expected) {
    case 'any':
      throw new RangeError('a demand for any version is no demand');
    case 'none':
      return 0;
    case 'exists':
      return -1;
    default:
      return expected;
  }
}
