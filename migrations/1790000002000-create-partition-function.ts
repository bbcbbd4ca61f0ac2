import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * `ensure_partition(position)` makes every missing partition of `events` from the one that holds the lowest head up to the one that
 * holds the position, and returns how many it made. Partitions before that may have been dropped and stay so. It runs with the owner's rights so that the app needs none to make tables. A partition is built aside and then
 * attached, because CREATE TABLE ... PARTITION OF would stop all readers and writers of the log.
 */
export class CreatePartitionFunction1790000002000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE FUNCTION ensure_partition(p_position bigint) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER AS $$
      DECLARE
        c_size CONSTANT bigint := 1000000;
        v_made integer := 0;
        v_lowest bigint;
        v_highest bigint;
        v_name text;
        v_from bigint;
      BEGIN
        SELECT min(head_position), max(head_position) INTO v_lowest, v_highest FROM lanes;
        -- A caller that is wrong about the head must not fill the database with tables.
        IF p_position > 10 * c_size + v_highest THEN
          RAISE EXCEPTION 'position % is too far ahead of the log', p_position USING ERRCODE = 'invalid_parameter_value';
        END IF;
        PERFORM pg_advisory_xact_lock(hashtext('events'), hashtext('ensure_partition'));
        FOR v_number IN v_lowest / c_size .. p_position / c_size LOOP
          v_name := 'events_' || lpad(v_number::text, 6, '0');
          CONTINUE WHEN EXISTS (SELECT FROM pg_inherits WHERE inhparent = 'events'::regclass AND inhrelid = to_regclass(v_name));
          v_from := v_number * c_size;
          EXECUTE format('CREATE TABLE %I (LIKE events INCLUDING ALL)', v_name);
          EXECUTE format('ALTER TABLE %I ADD CONSTRAINT in_range CHECK (position >= %s AND position < %s)',
                         v_name, v_from, v_from + c_size);
          EXECUTE format('CREATE UNIQUE INDEX %I ON %I (lane, stream, version)', v_name || '_by_stream', v_name);
          EXECUTE format('ALTER TABLE events ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)', v_name, v_from, v_from + c_size);
          EXECUTE format('ALTER TABLE %I DROP CONSTRAINT in_range', v_name);
          v_made := v_made + 1;
        END LOOP;
        RETURN v_made;
      END $$`);
    // Without pg_temp at the end, a temporary table named events would be found first, with the owner's rights.
    await queryRunner.query(`
      DO $$
      BEGIN
        EXECUTE format('ALTER FUNCTION ensure_partition(bigint) SET search_path = %I, pg_temp', current_schema());
      END $$`);
    await queryRunner.query(`REVOKE ALL ON FUNCTION ensure_partition(bigint) FROM PUBLIC`);
    await queryRunner.query(`GRANT EXECUTE ON FUNCTION ensure_partition(bigint) TO zantara_app`);
    await queryRunner.query(`SELECT ensure_partition(1)`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP FUNCTION ensure_partition(bigint)`);
  }
}
