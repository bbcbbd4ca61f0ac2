import { assertForward } from '../checkpoint-move.ts';
import type { Checkpoints } from '../event-store.ts';
import type { Queryable } from './queryable.ts';

const START = `
INSERT INTO checkpoints (name, position) VALUES ($1, $2)
ON CONFLICT (name) DO UPDATE SET position = excluded.position WHERE checkpoints.position = 0`;
const MOVE = 'UPDATE checkpoints SET position = $2 WHERE name = $1 AND position = $3';

/** Checkpoints in PostgreSQL. Made on a client inside a transaction, the move commits together with what was derived. */
export class PostgresCheckpoints implements Checkpoints {
  readonly #database: Queryable;

  constructor(database: Queryable) {
    this.#database = database;
  }

  async load(name: string): Promise<number> {
    const { rows } = await this.#database.query<{ position: string }>('SELECT position FROM checkpoints WHERE name = $1', [name]);
    return Number(rows[0]?.position ?? 0);
  }

  async advance(name: string, from: number, to: number): Promise<boolean> {
    assertForward(name, from, to);
    const done = await (from === 0 ? this.#database.query(START, [name, to]) : this.#database.query(MOVE, [name, to, from]));
    return done.rowCount === 1;
  }
}
