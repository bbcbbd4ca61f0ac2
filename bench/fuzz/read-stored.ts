import type { Client } from 'pg';
import type { Stored } from './ledger.ts';

const PAGE = 50_000;

/** Keys of what an agent sent and of dead letters, each with an event that is really there. */
const READ_KEYS = `
SELECT keys.scope, keys.key, keys.position
FROM append_keys AS keys JOIN events ON events.position = keys.position
WHERE keys.position > $1 AND keys.position <= $2 AND (keys.scope = $3 OR keys.scope = 'intake')
ORDER BY keys.position`;

/** Reads out of the log what was taken in and what was buried. */
export async function readStored(client: Client, agentId: string): Promise<Stored> {
  const accepted = new Set<string>();
  const dead = new Set<string>();
  const { rows: heads } = await client.query<{ head: string }>('SELECT head_position AS head FROM lanes WHERE lane = 0');
  const head = Number(heads[0]?.head ?? 0);
  for (let from = 0; from < head; from += PAGE) {
    const { rows } = await client.query<{ scope: string; key: string }>(READ_KEYS, [from, from + PAGE, agentId]);
    for (const { scope, key } of rows) {
      if (scope === agentId) accepted.add(key);
      else dead.add(key.slice(key.lastIndexOf(':') + 1).slice(0, 20));
    }
  }
  return { accepted, dead };
}

/** Dead letters whose reason says nothing that a person could read. */
export async function countUnreadableReasons(client: Client): Promise<number> {
  const { rows } = await client.query<{ count: string }>(
    `SELECT count(*) FROM events
     WHERE type = 'MessageDeadLettered' AND NOT (payload::json ->> 'reason' ~ '[A-Za-z]{2,} [A-Za-z]{2,}')`,
  );
  return Number(rows[0]?.count);
}

export async function countReasons(client: Client): Promise<Record<string, number>> {
  const { rows } = await client.query<{ reason: string; count: string }>(
    `SELECT payload::json ->> 'reason_code' AS reason, count(*) FROM events
     WHERE type = 'MessageDeadLettered' GROUP BY 1 ORDER BY 2 DESC`,
  );
  return Object.fromEntries(rows.map(({ reason, count }) => [reason, Number(count)]));
}

export async function countSamples(client: Client, agentId: string): Promise<number> {
  const { rows } = await client.query<{ count: string }>('SELECT count(*) FROM metric_samples WHERE agent_id = $1', [agentId]);
  return Number(rows[0]?.count);
}

/** By the events themselves, as a key is there once by its nature. */
export async function countDoubledReports(client: Client, agentId: string): Promise<number> {
  const { rows } = await client.query<{ count: string }>(
    `SELECT count(*) - count(DISTINCT payload::json -> 'error' ->> 'id') AS count FROM events
     WHERE type = 'ErrorReported' AND stream = $1`,
    [`report-${agentId}`],
  );
  return Number(rows[0]?.count);
}
