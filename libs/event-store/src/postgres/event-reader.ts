import type { QueryResultRow } from 'pg';
import { assertDense, assertDenseStream, decodeRecord, type EventRecord, tryDecodeRecord } from '../event-record.ts';
import type {
  CorrelatedEvents,
  LogHead,
  LogPage,
  ReadAllOptions,
  ReadCorrelatedOptions,
  ReadPageOptions,
  ReadStreamOptions,
  StoredEvent,
} from '../event-store.ts';
import { LogCorruptedError } from '../event-store.errors.ts';
import type { Upcasters } from '../upcasters.ts';
import { LANE } from './append-statement.ts';
import type { TailPiece } from './log-tail.ts';
import { LazyEvent } from './lazy-event.ts';
import { mapReadFailure } from './postgres-failure.ts';
import type { Queryable } from './queryable.ts';

export interface WantedStream {
  readonly stream: string;
  readonly fromVersion: number;
}

interface EventRow extends QueryResultRow {
  position: string;
  stream: string;
  version: number;
  event_id: string;
  type: string;
  schema_version: number;
  payload: string;
  metadata: string;
  recorded_at: Date;
}

const COLUMNS = 'position, stream, version, event_id, type, schema_version, payload, metadata, recorded_at';

// Partitions before the stream began aren't looked at. There is no bound at its end: two bounds would have the planner believe that
// little lies between them, and walk the positions instead of the stream's index. A position that is the stream's own is turned into
// its version, by which that index is ordered, so a page costs the same wherever it is.
export const READ_STREAM = {
  name: 'read_stream',
  text: `
SELECT ${COLUMNS} FROM events
WHERE lane = ${LANE} AND stream = $1
  AND position > $4
  AND position >= (SELECT first_position FROM stream_heads WHERE lane = ${LANE} AND stream = $1)
  AND version >= greatest($2, (SELECT version + 1 FROM events WHERE lane = ${LANE} AND position = $4 AND stream = $1))
ORDER BY version LIMIT $3`,
};
// The same for many streams: a look into the index for each.
export const READ_STREAMS = {
  name: 'read_streams',
  text: `
SELECT wanted.place, found.* FROM unnest($1::text[], $2::int[]) WITH ORDINALITY AS wanted (stream, from_version, place)
CROSS JOIN LATERAL (
  SELECT ${COLUMNS} FROM events
  WHERE lane = ${LANE} AND stream = wanted.stream
    AND position >= (SELECT first_position FROM stream_heads WHERE lane = ${LANE} AND stream = wanted.stream)
    AND version >= wanted.from_version
  ORDER BY version
) AS found`,
};
const READ_ALL = {
  name: 'read_all',
  text: `SELECT ${COLUMNS} FROM events WHERE lane = ${LANE} AND position > $1 ORDER BY position LIMIT $2`,
};
// Counted in the index alone.
const FIND_STRETCH = {
  name: 'find_stretch',
  text: `
SELECT count(*) AS places, coalesce(max(position), $1) AS last
FROM (SELECT position FROM events WHERE lane = ${LANE} AND position > $1 ORDER BY position LIMIT $2) AS stretch`,
};
const READ_STRETCH = {
  name: 'read_stretch',
  text: `
SELECT ${COLUMNS} FROM events
WHERE lane = ${LANE} AND position > $1 AND position <= $2 AND type = ANY ($3::text[])
ORDER BY position`,
};
// A look into the index for each type: one for all of them would have to sort everything that it finds.
export const READ_TYPES = {
  name: 'read_types',
  text: `
SELECT found.* FROM unnest($3::text[]) AS wanted (type)
CROSS JOIN LATERAL (
  SELECT ${COLUMNS} FROM events WHERE lane = ${LANE} AND type = wanted.type AND position > $1 ORDER BY position LIMIT $2
) AS found
ORDER BY position LIMIT $2`,
};
const READ_CORRELATED = {
  name: 'read_correlated',
  text: `
WITH story AS (
  SELECT position, type, lag(type) OVER by_position AS before, lead(type) OVER by_position AS behind
  FROM events WHERE lane = ${LANE} AND correlation_id = $1 WINDOW by_position AS (ORDER BY position)
), told AS (
  SELECT position, row_number() OVER (ORDER BY position) AS place, count(*) OVER () AS places
  FROM story WHERE (type = ANY ($3::text[]) AND before = type AND behind = type) IS NOT TRUE
)
SELECT ${COLUMNS}, (SELECT count(*) FROM story) AS total FROM events
WHERE lane = ${LANE}
  AND position = ANY (ARRAY(SELECT position FROM told WHERE place <= $2::int / 2 OR place > places - ($2::int + 1) / 2))
ORDER BY position`,
};
const READ_POSITIONS = {
  name: 'read_positions',
  text: `SELECT ${COLUMNS} FROM events WHERE lane = ${LANE} AND position = ANY ($1::bigint[]) ORDER BY position`,
};

/** The reading half of the PostgreSQL store. */
export class EventReader {
  readonly #database: Queryable;
  readonly #upcasters: Upcasters;
  #logId: string | undefined;

  constructor(database: Queryable, upcasters: Upcasters) {
    this.#database = database;
    this.#upcasters = upcasters;
  }

  async readStream(stream: string, { fromVersion = 1, after = 0, limit }: ReadStreamOptions): Promise<StoredEvent[]> {
    const events = await this.#read(READ_STREAM, [stream, fromVersion, limit ?? null, after]);
    assertDenseStream(stream, events, { fromVersion, after });
    return events;
  }

  /** Whole streams, each from a version on; one that can't be read doesn't harm the others. */
  async readStreams(wanted: readonly WantedStream[]): Promise<(StoredEvent[] | Error)[]> {
    const values = [wanted.map(({ stream }) => stream), wanted.map(({ fromVersion }) => fromVersion)];
    const rows = await this.#rows<EventRow & { place: string }>(READ_STREAMS, values);
    const found: EventRow[][] = wanted.map(() => []);
    for (const row of rows) found[Number(row.place) - 1]?.push(row);
    return wanted.map((one, index) => this.#tryDecodeStream(one, found[index] ?? []));
  }

  async readTypes({ after, limit, types }: ReadAllOptions & { types: readonly string[] }): Promise<StoredEvent[]> {
    return this.#read(READ_TYPES, [after, limit, [...new Set(types)]]);
  }

  /**
   * What follows a position in the log, whatever it is.
   *
   * @throws LogCorruptedError where there is a hole
   */
  async readOn(after: number, limit: number): Promise<TailPiece[]> {
    const rows = await this.#rows<EventRow>(READ_ALL, [after, limit]);
    assertDense(
      'position',
      rows.map(({ position }) => Number(position)),
      after + 1,
    );
    return rows.map((row) => this.toPiece(toRecord(row)));
  }

  /** An event that is decoded when somebody wants it. */
  toPiece(record: EventRecord): TailPiece {
    return new LazyEvent(record, this.#upcasters);
  }

  async readPage({ after, limit, types }: ReadPageOptions): Promise<LogPage> {
    return types === undefined ? this.#readWholePage(after, limit) : this.#readPageOf(types, { after, limit });
  }

  async #readWholePage(after: number, limit: number): Promise<LogPage> {
    const events = (await this.readOn(after, limit)).map(({ event }) => event);
    return { last: events.at(-1)?.position ?? after, events };
  }

  /** Counted first, so that it is known that none is missing, and then only those that are wanted are read. */
  async #readPageOf(types: readonly string[], { after, limit }: { after: number; limit: number }): Promise<LogPage> {
    const [stretch] = await this.#rows<{ places: string; last: string }>(FIND_STRETCH, [after, limit]);
    const last = Number(stretch?.last ?? after);
    if (Number(stretch?.places ?? 0) !== last - after)
      throw new LogCorruptedError(`there is a hole between ${after} and ${last}`);
    if (last === after) return { last, events: [] };
    const rows = await this.#rows<EventRow>(READ_STRETCH, [after, last, types]);
    return { last, events: rows.map((row) => tryDecodeRecord(toRecord(row), this.#upcasters)) };
  }

  async readCorrelated(correlationId: string, { limit, thinned = [] }: ReadCorrelatedOptions): Promise<CorrelatedEvents> {
    const values = [correlationId, limit, thinned];
    const rows = await this.#rows<EventRow & { total: string }>(READ_CORRELATED, values);
    return { events: this.#decode(rows), omitted: Number(rows[0]?.total ?? 0) - rows.length };
  }

  async readPositions(positions: readonly number[]): Promise<StoredEvent[]> {
    return this.#read(READ_POSITIONS, [positions]);
  }

  async head(): Promise<LogHead> {
    const row = await this.#one<{ head_position: string; last_recorded_at: Date | null; chain_hash: Buffer }>(
      `SELECT head_position, last_recorded_at, chain_hash FROM lanes WHERE lane = ${LANE}`,
    );
    return {
      position: Number(row.head_position),
      recordedAt: row.last_recorded_at ?? undefined,
      chainHash: row.chain_hash.toString('hex'),
    };
  }

  async positionAt(time: Date): Promise<number> {
    const row = await this.#one<{ position: string }>(`SELECT position_at(${LANE}::smallint, $1) AS position`, [time]);
    return Number(row.position);
  }

  async logId(): Promise<string> {
    this.#logId ??= (await this.#one<{ id: string }>('SELECT id FROM log_identity')).id;
    return this.#logId;
  }

  async #read(statement: { name: string; text: string }, values: unknown[]): Promise<StoredEvent[]> {
    return this.#decode(await this.#rows<EventRow>(statement, values));
  }

  #tryDecodeStream({ stream, fromVersion }: WantedStream, rows: readonly EventRow[]): StoredEvent[] | Error {
    try {
      const events = this.#decode(rows);
      assertDenseStream(stream, events, { fromVersion, after: 0 });
      return events;
    } catch (error) {
      return error instanceof Error ? error : new LogCorruptedError(String(error));
    }
  }

  #decode(rows: readonly EventRow[]): StoredEvent[] {
    return rows.map((row) => decodeRecord(toRecord(row), this.#upcasters));
  }

  async #one<Row extends QueryResultRow>(text: string, values: unknown[] = []): Promise<Row> {
    const [row] = await this.#rows<Row>({ text }, values);
    if (row === undefined) throw new LogCorruptedError('its own row is missing');
    return row;
  }

  async #rows<Row extends QueryResultRow>(statement: { name?: string; text: string }, values: unknown[]): Promise<Row[]> {
    try {
      return (await this.#database.query<Row>({ ...statement, values })).rows;
    } catch (error) {
      throw mapReadFailure(error);
    }
  }
}

const toRecord = (row: EventRow): EventRecord => ({
  position: Number(row.position),
  stream: row.stream,
  version: row.version,
  id: row.event_id,
  type: row.type,
  schemaVersion: row.schema_version,
  payload: row.payload,
  metadata: row.metadata,
  recordedAt: row.recorded_at,
});
