import type { EncodedRequest } from '../encoded-request.ts';
import type { EventRecord } from '../event-record.ts';
import type { AppendResult } from '../event-store.ts';
import { LogCorruptedError } from '../event-store.errors.ts';
import type { AppendColumns } from './append-columns.ts';
import { hashArray, int2Array, int4Array, textArray, uuidArray } from './binary-array.ts';

const TYPES = [
  'smallint',
  'text[], text[], bytea[], int[], int[], int[], int[]',
  'text[], int[], int[], int[], text[]',
  'int[], int[], int[]',
  'int[], int[], int[], int[]',
  'int[], uuid[], text[], smallint[], text[], text[], text[], bytea[]',
]
  .join(', ')
  .split(', ');

/** Prepared once per connection. */
export const APPEND_STATEMENT = {
  name: 'append_events',
  text: `SELECT * FROM append_events(${TYPES.map((type, index) => `$${index + 1}::${type}`).join(', ')})`,
};

/** The lane of all events. There is one; the column exists so that the log can be split later. */
export const LANE = 0;

export function computeAppendValues(requests: readonly EncodedRequest[], columns: AppendColumns): (number | Buffer)[] {
  const { events } = columns;
  return [
    LANE,
    textArray(requests.map((request) => request.scope)),
    textArray(requests.map((request) => request.key)),
    hashArray(requests.map((request) => request.contentHash)),
    int4Array(columns.keyIndexes),
    int4Array(columns.eventsBefore),
    int4Array(requests.map((request) => request.eventCount)),
    int4Array(requests.map((request) => request.writes.length)),
    textArray(columns.streams),
    int4Array(columns.streamEvents),
    int4Array(columns.streamFirst),
    int4Array(columns.streamLast),
    textArray(columns.lookedAt),
    int4Array(columns.writeStreams),
    int4Array(columns.writeEvents),
    int4Array(columns.writeShifts),
    int4Array(columns.checkRequests),
    int4Array(columns.checkStreams),
    int4Array(columns.checkExpected),
    int4Array(columns.checkBefore),
    int4Array(columns.eventWrites),
    uuidArray(events.map((event) => event.id)),
    textArray(events.map((event) => event.type)),
    int2Array(events.map((event) => event.schemaVersion)),
    textArray(events.map((event) => event.payload)),
    textArray(events.map((event) => event.metadata)),
    textArray(events.map((event) => event.correlationId)),
    hashArray(events.map((event) => event.leaf)),
  ];
}

/** The answer of the append function as `pg` gives it. The arrays are null when every request was appended. */
export interface AppendRow {
  readonly o_head: string;
  readonly o_recorded_at: Date;
  readonly o_count: number;
  readonly o_status: number[] | null;
  readonly o_first: string[] | null;
  readonly o_last: string[] | null;
  readonly o_check: number[] | null;
  readonly o_actual: number[] | null;
  /** Of each written stream, after the batch; null where something was refused, absent while the database is older. */
  readonly o_version?: number[] | null;
}

export function decodeAppendRow(row: AppendRow, requests: readonly EncodedRequest[], columns: AppendColumns): AppendResult[] {
  if (row.o_status) return requests.map((_, index) => decodeJudged(row, index, columns));
  const base = Number(row.o_head) - row.o_count;
  return requests.map((request, index) => {
    const before = base + (columns.eventsBefore[index] ?? 0);
    return {
      status: 'appended',
      firstPosition: before + 1,
      lastPosition: before + request.eventCount,
      recordedAt: row.o_recorded_at,
    };
  });
}

/** What the log holds now of a batch of which all was appended; of any other batch it is not known. */
export function computeRecords({ o_head, o_count, o_recorded_at, o_version }: AppendRow, columns: AppendColumns): EventRecord[] {
  if (!o_version) return [];
  const base = Number(o_head) - o_count;
  return columns.events.map((event, index) => {
    const write = (columns.eventWrites[index] ?? 0) - 1;
    const stream = (columns.writeStreams[write] ?? 0) - 1;
    const { id, type, schemaVersion, payload, metadata } = event;
    return {
      position: base + index + 1,
      stream: columns.streams[stream] ?? '',
      version: (o_version[stream] ?? 0) + (columns.writeShifts[write] ?? 0) + index + 1,
      id,
      type,
      schemaVersion,
      payload,
      metadata,
      recordedAt: o_recorded_at,
    };
  });
}

function decodeJudged(row: AppendRow, index: number, columns: AppendColumns): AppendResult {
  const firstPosition = Number(row.o_first?.[index]);
  const lastPosition = Number(row.o_last?.[index]);
  switch (row.o_status?.[index]) {
    case 1:
      return { status: 'appended', firstPosition, lastPosition, recordedAt: row.o_recorded_at };
    case 2:
      return { status: 'repeated', firstPosition, lastPosition };
    case 3:
      return { status: 'conflict', conflict: { reason: 'key-reused' } };
    case 4:
      return decodeFailedCheck(row, index, columns);
    default:
      throw new LogCorruptedError(`the append function answers ${String(row.o_status?.[index])}`);
  }
}

function decodeFailedCheck(row: AppendRow, index: number, columns: AppendColumns): AppendResult {
  const check = columns.checks[(row.o_check?.[index] ?? 0) - 1];
  if (check === undefined) throw new LogCorruptedError('the append function names a demand that was not made');
  const { stream, expected, reason } = check;
  return { status: 'conflict', conflict: { reason, stream, expected, actual: row.o_actual?.[index] ?? 0 } };
}
