import { Pool } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { PostgresEventStore } from '#libs/event-store';
import { createEvents, createPayload, drive, type Pace, type Workload } from './workload.ts';

export interface Contestant {
  run(workload: Workload): Promise<Pace>;
  close(): Promise<void>;
}

/** Our log: versions, keys, a hash chain, dense positions. Every writer has a stream of its own. */
export function createOurLog(connectionString: string): Contestant {
  const store = new PostgresEventStore({
    connectionString,
    applicationName: 'bench-log',
    onConnectionError: (error) => console.error(error.message),
  });
  const run = (workload: Workload): Promise<Pace> => {
    const round = uuidv7();
    return drive(workload, async (writer) => {
      const events = createEvents(workload.eventsPerAppend);
      const result = await store.append({ writes: [{ stream: `bench-${round}-${writer}`, expected: 'any', events }] });
      if (result.status !== 'appended') throw new Error(`not appended: ${JSON.stringify(result)}`);
    });
  };
  return { run, close: () => store.close() };
}

const CREATE = 'CREATE TABLE raw_events (id uuid PRIMARY KEY, stream text NOT NULL, type text NOT NULL, data text NOT NULL)';
const INSERT = 'INSERT INTO raw_events SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[])';

/** The least that a database can do: one INSERT per append, a connection per writer, and nothing of what makes a log. */
export async function createRawTable(connectionString: string): Promise<Contestant> {
  const pool = new Pool({ connectionString, max: 64 });
  pool.on('error', (error) => console.error(error.message));
  await pool.query(CREATE);
  const run = (workload: Workload): Promise<Pace> =>
    drive(workload, async (writer) => {
      const rows = Array.from({ length: workload.eventsPerAppend }, createPayload);
      await pool.query(INSERT, [
        rows.map(() => uuidv7()),
        rows.map(() => `bench-${writer}`),
        rows.map(() => 'ThingHappened'),
        rows.map((row) => JSON.stringify(row)),
      ]);
    });
  return { run, close: () => pool.end() };
}
