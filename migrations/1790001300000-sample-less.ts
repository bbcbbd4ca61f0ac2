import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * In a flood autovacuum analyses the log and what is read of errors once a minute. Of each column it sorts 30,000 values, those of a payload
 * by the rules of a language: more than a second of a processor, in which whoever reports waits. How many rows are read follows from
 * the column that wants most, 300 for each of its `STATISTICS`. These tables are read by their keys, so a tenth tells enough, and nothing
 * need be known of what is only carried. LIKE does not copy that, so what makes tables after a model does.
 */
export class SampleLess1790001300000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(setStatistics(FEW, NONE));
    await queryRunner.query(COPY_STATISTICS);
    for (const [name, make, copy] of MAKERS) await queryRunner.query(change(name, make, make + copy));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const [name, make, copy] of MAKERS) await queryRunner.query(change(name, make + copy, make));
    await queryRunner.query('DROP FUNCTION copy_statistics(text, text)');
    await queryRunner.query(setStatistics(AS_THE_SERVER_HAS_IT, AS_THE_SERVER_HAS_IT));
  }
}

const NONE = 0;
const FEW = 10;
const AS_THE_SERVER_HAS_IT = -1;

/** Of the tables that grow with every report: of a partitioned one also its partitions, of errors every generation. */
const setStatistics = (compared: number, carried: number): string => `
DO $do$
DECLARE
  v_column record;
BEGIN
  FOR v_column IN
    SELECT a.attrelid::regclass AS name, a.attname, a.attname IN
      ('event_id', 'payload', 'metadata', 'leaf', 'content_hash', 'previous_hash', 'hash', 'leaves', 'report_id', 'message') AS is_carried
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace
      AND (c.relname IN ('events', 'append_keys', 'chain') OR c.relname LIKE 'errors\\_\\_%')
  LOOP
    EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS %s',
                   v_column.name, v_column.attname, CASE WHEN v_column.is_carried THEN ${carried} ELSE ${compared} END);
  END LOOP;
END $do$`;

const COPY_STATISTICS = `
CREATE FUNCTION copy_statistics(p_model text, p_table text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_column record;
BEGIN
  FOR v_column IN
    SELECT attname, attstattarget FROM pg_attribute
    WHERE attrelid = p_model::regclass AND attnum > 0 AND NOT attisdropped AND attstattarget >= 0
  LOOP
    EXECUTE format('ALTER TABLE %I ALTER COLUMN %I SET STATISTICS %s', p_table, v_column.attname, v_column.attstattarget);
  END LOOP;
END $$;
REVOKE ALL ON FUNCTION copy_statistics(text, text) FROM PUBLIC`;

/** The function that makes tables, how it makes one, and what it does with it then. */
const MAKERS: readonly (readonly [string, string, string])[] = [
  [
    'ensure_partition',
    "EXECUTE format('CREATE TABLE %I (LIKE events INCLUDING ALL)', v_name);\n",
    "          PERFORM copy_statistics('events', v_name);\n",
  ],
  [
    'begin_generation',
    "EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', v_table || '__' || v_made, v_table || '__' || v_live);\n",
    "      PERFORM copy_statistics(v_table || '__' || v_live, v_table || '__' || v_made);\n",
  ],
];

/** Puts one text of a function in the place of another, which must be there once. */
const change = (name: string, from: string, to: string): string => `
DO $do$
DECLARE
  v_parts text[] := string_to_array(pg_get_functiondef('${name}'::regproc), $from$${from}$from$);
BEGIN
  IF cardinality(v_parts) <> 2 THEN
    RAISE EXCEPTION '${name} is not the function that this migration changes';
  END IF;
  EXECUTE v_parts[1] || $to$${to}$to$ || v_parts[2];
END $do$`;
