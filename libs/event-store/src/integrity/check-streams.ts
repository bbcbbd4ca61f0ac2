import type { Queryable } from '../postgres/queryable.ts';
import { LANE } from '../postgres/append-statement.ts';
import type { Findings } from './finding.ts';

interface StreamRow {
  stream: string;
  is_dense: boolean;
}

// Versions that are as many as the highest, and add up to what 1, 2, 3 ... add up to, are dense: none is there twice, for each stream
// and version are unique. That they are in order the hashes of the batches say.
const STREAMS = `
SELECT coalesce(t.stream, h.stream) AS stream, coalesce(t.is_dense, true) AS is_dense
FROM (
  SELECT stream, count(*) AS events, min(position) AS first, max(position) AS last,
         max(version) = count(*) AND sum(version) = count(*) * (count(*) + 1) / 2 AS is_dense
  FROM events WHERE lane = ${LANE} GROUP BY stream
) t
FULL JOIN (SELECT * FROM stream_heads WHERE lane = ${LANE}) h ON h.stream = t.stream
WHERE (t.events, t.first, t.last) IS DISTINCT FROM (h.version, h.first_position, h.last_position) OR NOT t.is_dense
ORDER BY 1 LIMIT 1000`;

const FIRST_BREAK = `
SELECT min(position) AS position
FROM (SELECT position, version, row_number() OVER (ORDER BY position) AS place FROM events WHERE lane = ${LANE} AND stream = $1) e
WHERE version <> place`;

const COUNT = `SELECT count(*) AS count FROM stream_heads WHERE lane = ${LANE}`;

/** Holds the versions of each stream and its head against its events; answers how many streams there are. */
export async function checkStreams(database: Queryable, findings: Findings): Promise<number> {
  const { rows } = await database.query<StreamRow>(STREAMS);
  for (const { stream, is_dense: isDense } of rows) {
    if (isDense) findings.add('stream-head-differs', { stream });
    else findings.add('stream-broken', { stream, from: await findBreak(database, stream) });
  }
  const counted = await database.query<{ count: string }>(COUNT);
  return Number(counted.rows[0]?.count);
}

async function findBreak(database: Queryable, stream: string): Promise<number> {
  const { rows } = await database.query<{ position: string | null }>(FIRST_BREAK, [stream]);
  return Number(rows[0]?.position);
}
