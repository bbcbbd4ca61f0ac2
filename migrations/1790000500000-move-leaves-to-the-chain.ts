import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The leaf hash of an event goes from its own row to the row of its batch. Beside the content that it vouches for it was changed
 * along with it; in the chain it says which event was changed, also where events of one batch changed places. The hash of a batch
 * covers the same bytes as before. EXTERNAL, because hashes don't compress, and trying costs time under the lock of the log.
 */
export class MoveLeavesToTheChain1790000500000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE chain ADD COLUMN leaves bytea`);
    await queryRunner.query(`ALTER TABLE chain ALTER COLUMN leaves SET STORAGE EXTERNAL`);
    await queryRunner.query(`
      UPDATE chain c SET leaves = coalesce((
        SELECT string_agg(e.leaf, ''::bytea ORDER BY e.position) FROM events e
        WHERE e.lane = c.lane AND e.position BETWEEN c.first_position AND c.last_position
      ), '')`);
    await queryRunner.query(`ALTER TABLE chain ALTER COLUMN leaves SET NOT NULL`);
    await queryRunner.query(`ALTER TABLE events DROP COLUMN leaf`);
    for (const { before, after } of CHANGES) await change(queryRunner, before, after);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const { before, after } of CHANGES.toReversed()) await change(queryRunner, after, before);
    await queryRunner.query(`ALTER TABLE events ADD COLUMN leaf bytea`);
    await queryRunner.query(`
      UPDATE events e SET leaf = substring(c.leaves FROM (e.position - c.first_position)::int * 32 + 1 FOR 32)
      FROM chain c WHERE c.lane = e.lane AND e.position BETWEEN c.first_position AND c.last_position`);
    await queryRunner.query(`ALTER TABLE events ALTER COLUMN leaf SET NOT NULL`);
    await queryRunner.query(`ALTER TABLE chain DROP COLUMN leaves`);
  }
}

/** Puts one text of the function in the place of another, which must be there once. */
const change = (queryRunner: QueryRunner, from: string, to: string): Promise<unknown> =>
  queryRunner.query(`
    DO $do$
    DECLARE
      v_parts text[] := string_to_array(pg_get_functiondef('append_events'::regproc), $from$${from}$from$);
    BEGIN
      IF cardinality(v_parts) <> 2 THEN
        RAISE EXCEPTION 'append_events is not the function that this migration changes';
      END IF;
      EXECUTE v_parts[1] || $to$${to}$to$ || v_parts[2];
    END $do$`);

const CHANGES = [
  { before: '  v_hash bytea;\n', after: '  v_hash bytea;\n  v_leaves bytea;\n' },
  { before: '                      recorded_at, leaf)', after: '                      recorded_at)' },
  { before: 'e.correlation_id, o_recorded_at, e.leaf\n', after: 'e.correlation_id, o_recorded_at\n' },
  {
    before: `e_correlation_id, e_leaf) WITH ORDINALITY
    AS e (write, id, type, schema_version, payload, metadata, correlation_id, leaf, n)`,
    after: `e_correlation_id) WITH ORDINALITY
    AS e (write, id, type, schema_version, payload, metadata, correlation_id, n)`,
  },
  {
    before: `|| e.leaf, ''::bytea ORDER BY e.n))
  INTO v_hash`,
    after: `|| e.leaf, ''::bytea ORDER BY e.n)), string_agg(e.leaf, ''::bytea ORDER BY e.n)
  INTO v_hash, v_leaves`,
  },
  {
    before: `previous_hash, hash, recorded_at)
  VALUES (p_lane, o_head + 1, o_head + o_count, v_previous, v_hash, o_recorded_at);`,
    after: `previous_hash, hash, recorded_at, leaves)
  VALUES (p_lane, o_head + 1, o_head + o_count, v_previous, v_hash, o_recorded_at, v_leaves);`,
  },
];
