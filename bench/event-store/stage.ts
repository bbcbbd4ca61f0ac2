import {
  createEmptyDatabase,
  createTestDatabase,
  type PrivatePostgres,
  startPrivatePostgres,
  type TestDatabase,
  withClient,
} from '#libs/testing';
import type { Measured, MeasurementContext } from '../report/measurement.ts';
import type { Terms } from './contest.ts';

interface Closable {
  close(): Promise<unknown>;
}

/** What a part of the benchmark works with: one PostgreSQL for all, as durable as it is by itself. */
export interface Stage extends Terms {
  createDatabase: (content: 'log' | 'nothing') => Promise<TestDatabase>;
  /** Of one turn. */
  seconds: number;
  isLong: boolean;
  /** Has something closed when the part is over, the last one first. */
  opened: <T extends Closable>(resource: T) => T;
}

/** One thing that is measured. */
export type Part = (stage: Stage) => Promise<Measured>;

export type Wishes = Pick<Stage, 'rounds' | 'seconds' | 'isLong'> & Pick<MeasurementContext, 'say'>;

/** Runs the parts one after another on one PostgreSQL. */
export async function runParts(parts: readonly Part[], wishes: Wishes): Promise<Measured> {
  const postgres = await startPrivatePostgres();
  try {
    const result: Measured = { figures: [], rounds: [] };
    for (const part of parts) {
      const { figures, rounds } = await runPart(part, postgres, wishes);
      result.figures.push(...figures);
      result.rounds.push(...rounds);
    }
    return result;
  } finally {
    await postgres.remove();
  }
}

async function runPart(part: Part, { urls: server }: PrivatePostgres, wishes: Wishes): Promise<Measured> {
  const resources: Closable[] = [];
  const opened = <T extends Closable>(resource: T): T => {
    resources.push(resource);
    return resource;
  };
  // So nobody writes the pages out that somebody else has changed.
  const between = (): Promise<unknown> => withClient(server.superuserUrl, (client) => client.query('CHECKPOINT'));
  // Gone with its part, or the server would vacuum it in somebody's turn.
  const createDatabase: Stage['createDatabase'] = async (content) => {
    const database = await (content === 'log' ? createTestDatabase(server) : createEmptyDatabase(server));
    opened({ close: () => database.drop() });
    return database;
  };
  try {
    return await part({ ...wishes, createDatabase, opened, between });
  } finally {
    for (const resource of resources.toReversed()) await resource.close();
  }
}
