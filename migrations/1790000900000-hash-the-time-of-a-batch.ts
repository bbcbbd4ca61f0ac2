import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The hash of a batch covers when it was recorded: between the hash before and the events stand the microseconds since 1970. The
 * chain of a log that exists is hashed anew. What did not agree before does not agree afterwards: a batch that has not the hash of its
 * content keeps the one it has, and one that does not build on the batch before keeps what it builds on.
 */
export class HashTheTimeOfABatch1790000900000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(hashAnew(WITHOUT_TIME, WITH_TIME));
    await queryRunner.query(change(FUNCTION_BEFORE, FUNCTION_AFTER));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(change(FUNCTION_AFTER, FUNCTION_BEFORE));
    await queryRunner.query(hashAnew(WITH_TIME, WITHOUT_TIME));
  }
}

/** Exact: of a timestamp PostgreSQL extracts a number with six decimals. */
const timeBytes = (time: string): string => `int8send((extract(epoch FROM ${time}) * 1000000)::bigint)`;

const FUNCTION_BEFORE = 'SELECT sha256(v_previous || string_agg(';
const FUNCTION_AFTER = `SELECT sha256(v_previous || ${timeBytes('o_recorded_at')} || string_agg(`;

/** What is hashed behind the hash of the batch before. */
const WITHOUT_TIME = 'v_events';
const WITH_TIME = `${timeBytes('v_row.recorded_at')} || v_events`;

/** Puts one text of the function in the place of another, which must be there once. */
const change = (from: string, to: string): string => `
DO $do$
DECLARE
  v_parts text[] := string_to_array(pg_get_functiondef('append_events'::regproc), $from$${from}$from$);
BEGIN
  IF cardinality(v_parts) <> 2 THEN
    RAISE EXCEPTION 'append_events is not the function that this migration changes';
  END IF;
  EXECUTE v_parts[1] || $to$${to}$to$ || v_parts[2];
END $do$`;

const hashAnew = (from: string, to: string): string => `
DO $do$
DECLARE
  v_lane smallint;
  v_row record;
  v_old bytea;      -- hash of the batch before, as it was
  v_new bytea;      -- and as it is now
  v_previous bytea;
  v_hash bytea;
  v_leaves bytea;
  v_events bytea;
BEGIN
  -- The lock of the log: nobody appends meanwhile.
  FOR v_lane IN SELECT lane FROM lanes ORDER BY lane FOR UPDATE LOOP
    v_old := decode(repeat('00', 32), 'hex');
    v_new := v_old;
    FOR v_row IN SELECT * FROM chain WHERE lane = v_lane ORDER BY last_position LOOP
      v_leaves := v_row.leaves || ''::bytea; -- read once, not once for each event
      SELECT coalesce(string_agg(
               int8send(e.position) || int8send(e.version)
               || substring(v_leaves FROM (e.position - v_row.first_position)::integer * 32 + 1 FOR 32),
               ''::bytea ORDER BY e.position), '')
      INTO v_events
      FROM events e WHERE e.lane = v_lane AND e.position BETWEEN v_row.first_position AND v_row.last_position;
      v_previous := CASE WHEN v_row.previous_hash = v_old THEN v_new ELSE v_row.previous_hash END;
      v_hash := CASE WHEN v_row.hash = sha256(v_row.previous_hash || ${from}) THEN sha256(v_previous || ${to}) ELSE v_row.hash END;
      UPDATE chain SET previous_hash = v_previous, hash = v_hash WHERE lane = v_lane AND last_position = v_row.last_position;
      v_old := v_row.hash;
      v_new := v_hash;
    END LOOP;
    UPDATE lanes SET chain_hash = v_new WHERE lane = v_lane AND chain_hash = v_old;
  END LOOP;
END $do$`;
