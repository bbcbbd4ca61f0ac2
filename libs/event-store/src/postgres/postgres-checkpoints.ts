import { assertForward } from '../checkpoint-move.ts';
import type { Checkpoints } from '../event-store.ts';
import type { Queryable } from './queryable.ts';

// A crash of the server may take the latest moves, and then events are handled again, as after any crash. So no move waits for the
// disk, and none makes an append wait for it.
const RELAXED = "WITH relaxed AS (SELECT set_config('synchronous_commit', 'off', true))";
const START = `${RELAXED}
INSERT INTO checkpoints (name, position) SELECT $1, $2::bigint FROM relaxed
ON CONFLICT (name) DO UPDATE SET position = excluded.position WHERE checkpoints.position = 0`;
const MOVE = `${RELAXED}
UPDATE checkpoints SET position = $2::bigint FROM relaxed WHERE name = $1 AND position = $3::bigint`;

/** Checkpoints in PostgreSQL. */
export class PostgresCheckpoints implements Checkpoints {
  readonly #database: Queryable;

  constructor(database: Queryable) {
    this.#database = database;
  }

  async load(name: string): Promise<number> {
    const { rows } = await this.#database.query<{ position: string }>('SELECT position FROM checkpoints WHERE name = $1', [name]);
    return Number(rows[0]?.position ?? 0);
  }

  async loadAll(): Promise<ReadonlyMap<string, number>> {
    const { rows } = await this.#database.query<{ name: string; position: string }>('SELECT name, position FROM checkpoints');
    return new Map(rows.map(({ name, position }) => [name, Number(position)]));
  }

  async advance(name: string, from: number, to: number): Promise<boolean> {
    assertForward(name, from, to);
    const done = await (from === 0 ? this.#database.query(START, [name, to]) : this.#database.query(MOVE, [name, to, from]));
    return done.rowCount === 1;
  }
}
