import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The functions that append ask for the keys and stream heads of a batch by joining them with its arrays. Which way the database
 * does that follows from its estimates, and before its first ANALYZE they say that next to nothing is there: it then read every
 * key for every request of the batch, under the lock of the log. With 10,000 keys such a batch took a third of a second. A
 * subquery with a limit leaves one way only: the index, once for each. The rest of the functions stays as it is.
 */
export class LookKeysUpOneByOne1790000300000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const { name, before, after } of CHANGES) await change(queryRunner, name, before, after);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const { name, before, after } of CHANGES) await change(queryRunner, name, after, before);
  }
}

/** Puts one text of a function in the place of another, which must be there once. */
const change = (queryRunner: QueryRunner, name: string, from: string, to: string): Promise<unknown> =>
  queryRunner.query(`
    DO $do$
    DECLARE
      v_parts text[] := string_to_array(pg_get_functiondef('${name}'::regproc), $from$${from}$from$);
    BEGIN
      IF cardinality(v_parts) <> 2 THEN
        RAISE EXCEPTION '${name} is not the function that this migration changes';
      END IF;
      EXECUTE v_parts[1] || $to$${to}$to$ || v_parts[2];
    END $do$`);

const CHANGES = [
  {
    name: 'append_one_by_one',
    before: 'JOIN append_keys k ON k.lane = p_lane AND k.scope = r.scope AND k.key = r.key',
    after: `CROSS JOIN LATERAL (
      SELECT * FROM append_keys WHERE lane = p_lane AND append_keys.scope = r.scope AND append_keys.key = r.key LIMIT 1
    ) k`,
  },
  {
    name: 'append_one_by_one',
    before: 'PERFORM FROM stream_heads h WHERE h.lane = p_lane AND h.stream = ANY (s_name) ORDER BY h.stream FOR UPDATE;',
    // Locked one after another, as the subquery is run for one name after another, in the order in which others lock them.
    after: `PERFORM FROM (SELECT DISTINCT n.name COLLATE "C" AS name FROM unnest(s_name) AS n (name) ORDER BY 1) s
    CROSS JOIN LATERAL (
      SELECT FROM stream_heads h WHERE h.lane = p_lane AND h.stream = s.name LIMIT 1 FOR UPDATE
    ) h;`,
  },
  {
    name: 'append_one_by_one',
    before: 'LEFT JOIN stream_heads h ON h.lane = p_lane AND h.stream = s.name',
    after: 'LEFT JOIN LATERAL (SELECT * FROM stream_heads WHERE lane = p_lane AND stream = s.name LIMIT 1) h ON true',
  },
  {
    name: 'append_events',
    before: 'LEFT JOIN stream_heads h ON h.lane = p_lane AND h.stream = q.name',
    after: 'LEFT JOIN LATERAL (SELECT * FROM stream_heads WHERE lane = p_lane AND stream = q.name LIMIT 1) h ON true',
  },
];
