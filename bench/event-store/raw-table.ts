import { Client, type QueryConfig } from 'pg';
import { createEventId } from '../../src/platform/log/create-event-id.ts';
import type { Load, Work } from './pace.ts';
import { EVENT, takePayload } from './payload.ts';

/** The columns of our events, their primary key and the unique index on stream and version, and nothing else of what makes a log. */
const CREATE = `
  CREATE TABLE raw_events (
    lane smallint NOT NULL,
    position bigint GENERATED ALWAYS AS IDENTITY,
    stream text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    event_id uuid NOT NULL,
    type text COLLATE "C" NOT NULL,
    schema_version smallint NOT NULL,
    payload text NOT NULL,
    metadata text NOT NULL,
    correlation_id text COLLATE "C",
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (lane, position),
    UNIQUE (lane, stream, version)
  )`;
const COLUMNS = 'stream, version, event_id, type, schema_version, payload, metadata';
const TYPES = ['text', 'integer', 'uuid', 'text', 'smallint', 'text', 'text'];
const INSERT = `INSERT INTO raw_events (lane, recorded_at, ${COLUMNS}) SELECT 0, now()`;

/** Prepared, as each is sent over and over. */
const INSERT_ONE = { name: 'one', text: `${INSERT}, ${TYPES.map((type, index) => `$${index + 1}::${type}`).join(', ')}` };
const INSERT_MANY = {
  name: 'many',
  text: `${INSERT}, r.* FROM unnest(${TYPES.map((type, index) => `$${index + 1}::${type}[]`).join(', ')}) AS r`,
};

const createRow = (stream: string, version: number): (string | number)[] => [
  stream,
  version,
  createEventId(),
  EVENT.type,
  EVENT.schemaVersion,
  JSON.stringify(takePayload()),
  JSON.stringify(EVENT.metadata),
];

/** The least that a database can do: a connection for each client, one statement for each append. */
export class RawTable {
  private constructor(private readonly connections: readonly Client[]) {}

  static async create(connectionString: string, maxClients: number): Promise<RawTable> {
    const connections = Array.from({ length: maxClients }, () => new Client({ connectionString }));
    for (const connection of connections) connection.on('error', (error) => console.error(error.message));
    await Promise.all(connections.map((connection) => connection.connect()));
    await connections[0]?.query(CREATE);
    return new RawTable(connections);
  }

  work({ clients, eventsPerAppend }: Load): Work {
    const run = createEventId();
    const versions = new Uint32Array(clients);
    const append = async (client: number): Promise<void> => {
      const rows = Array.from({ length: eventsPerAppend }, () => {
        versions[client] = (versions[client] ?? 0) + 1;
        return createRow(`bench-${run}-${client}`, versions[client]);
      });
      const [row = []] = rows;
      const statement: QueryConfig<unknown[]> =
        eventsPerAppend === 1
          ? { ...INSERT_ONE, values: row }
          : { ...INSERT_MANY, values: row.map((_, column) => rows.map((values) => values[column])) };
      await this.connections[client]?.query(statement);
    };
    return { clients, eventsPerAppend, append };
  }

  async close(): Promise<void> {
    await Promise.all(this.connections.map((connection) => connection.end()));
  }
}
