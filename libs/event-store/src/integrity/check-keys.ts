import { LANE } from '../postgres/append-statement.ts';
import type { Queryable } from '../postgres/queryable.ts';
import type { Findings } from './finding.ts';

interface KeyRow {
  position: string;
  last_position: string;
  /** Where the keys before it end. */
  ended: string;
}

const KEYS = `
SELECT position, last_position, ended
FROM (
  SELECT position, last_position, coalesce(max(last_position) OVER earlier, 0) AS ended FROM (
    SELECT position, last_position FROM append_keys WHERE lane = ${LANE}
    UNION ALL SELECT $1::bigint + 1, $1::bigint + 1
  ) k WINDOW earlier AS (ORDER BY position, last_position ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
) k
WHERE position <> ended + 1 OR last_position < position
ORDER BY position LIMIT 1000`;

const COUNT = `SELECT count(*) AS count FROM append_keys WHERE lane = ${LANE}`;

/** Every append has one key that leads to all of its events: side by side, the keys cover the log. Answers how many there are. */
export async function checkKeys(database: Queryable, head: number, findings: Findings): Promise<number> {
  const { rows } = await database.query<KeyRow>(KEYS, [head]);
  for (const row of rows) {
    const [from, through, ended] = [Number(row.position), Number(row.last_position), Number(row.ended)];
    if (from > ended + 1 && from <= head + 1) findings.add('key-missing', { from: ended + 1, through: from - 1 });
    // What stands for the end of the log is no key: that another one reaches beyond it is told here.
    else if (from === head + 1) findings.add('key-misplaced', { from: head + 1, through: Math.max(ended, through) });
    else findings.add('key-misplaced', { from: Math.min(from, through), through: Math.max(from, through) });
  }
  const counted = await database.query<{ count: string }>(COUNT);
  return Number(counted.rows[0]?.count);
}
