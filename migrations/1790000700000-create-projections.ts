import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Read models whose tables have generations: a rebuild fills new ones beside those that are read, and then the views are pointed
 * at them. `zantara projections` and the orchestrator do that through the functions below, which run with the owner's rights.
 */
export class CreateProjections1790000700000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(CREATE_BOOKS);
    await queryRunner.query(CREATE_FUNCTIONS);
    for (const name of FUNCTIONS) {
      await queryRunner.query(`
        DO $$
        BEGIN
          EXECUTE format('ALTER FUNCTION ${name} SET search_path = %I, pg_temp', current_schema());
        END $$;
        REVOKE ALL ON FUNCTION ${name} FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION ${name} TO zantara_app;`);
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const name of FUNCTIONS) await queryRunner.query(`DROP FUNCTION ${name}`);
    await queryRunner.query('DROP TABLE parked_keys, projection_generations, projection_tables');
  }
}

const FUNCTIONS = ['begin_generation(text, integer, text)', 'drop_generation(text, integer)', 'switch_projection(text, integer)'];

const CREATE_BOOKS = `
  -- Which tables belong to a read model, and the view by which each is read. Only these may the functions touch.
  CREATE TABLE projection_tables (
    projection text COLLATE "C" NOT NULL,
    table_name text COLLATE "C" PRIMARY KEY,
    view_name text COLLATE "C" NOT NULL UNIQUE
  );

  CREATE TABLE projection_generations (
    projection text COLLATE "C" NOT NULL,
    generation integer NOT NULL,
    version integer NOT NULL,
    state text COLLATE "C" NOT NULL CHECK (state IN ('live', 'building', 'checking', 'previous')),
    position bigint NOT NULL DEFAULT 0,
    digest bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex'),
    PRIMARY KEY (projection, generation)
  ) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
  CREATE UNIQUE INDEX projection_generations_live ON projection_generations (projection) WHERE state = 'live';

  CREATE TABLE parked_keys (
    projection text COLLATE "C" NOT NULL,
    generation integer NOT NULL,
    key text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    event_type text NOT NULL,
    reason text NOT NULL,
    held_back bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (projection, generation, key)
  );

  GRANT SELECT ON projection_tables TO zantara_app;
  GRANT SELECT, UPDATE ON projection_generations TO zantara_app;
  GRANT SELECT, INSERT, UPDATE ON parked_keys TO zantara_app;
  GRANT SELECT ON projection_generations, parked_keys TO zantara_analyst;
`;

const CREATE_FUNCTIONS = `
  -- Makes empty tables for a further generation, like those that are live, and returns its number. A rebuild of the same version
  -- is gone on with, a check always begins anew. A rebuild drops what stood before: one way back is kept, and this will be the next.
  CREATE FUNCTION begin_generation(p_projection text, p_version integer, p_state text) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER AS $$
  DECLARE
    v_live integer;
    v_made integer;
    v_old integer;
    v_table text;
    v_options text;
  BEGIN
    IF p_state NOT IN ('building', 'checking') THEN
      RAISE EXCEPTION 'a generation begins as building or as checking' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('begin_generation'), hashtext(p_projection));
    SELECT generation INTO STRICT v_live FROM projection_generations WHERE projection = p_projection AND state = 'live';
    SELECT generation INTO v_made FROM projection_generations
    WHERE projection = p_projection AND state = 'building' AND p_state = 'building' AND version = p_version;
    IF FOUND THEN
      RETURN v_made;
    END IF;
    FOR v_old IN
      SELECT generation FROM projection_generations
      WHERE projection = p_projection AND (state = p_state OR p_state = 'building' AND state = 'previous')
    LOOP
      PERFORM drop_generation(p_projection, v_old);
    END LOOP;
    SELECT max(generation) + 1 INTO v_made FROM projection_generations WHERE projection = p_projection;
    FOR v_table IN SELECT table_name FROM projection_tables WHERE projection = p_projection ORDER BY table_name LOOP
      EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', v_table || '__' || v_made, v_table || '__' || v_live);
      SELECT array_to_string(reloptions, ', ') INTO v_options FROM pg_class WHERE oid = to_regclass(v_table || '__' || v_live);
      IF v_options IS NOT NULL THEN
        EXECUTE format('ALTER TABLE %I SET (%s)', v_table || '__' || v_made, v_options);
      END IF;
      EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO zantara_app', v_table || '__' || v_made);
    END LOOP;
    INSERT INTO projection_generations (projection, generation, version, state)
    VALUES (p_projection, v_made, p_version, p_state);
    RETURN v_made;
  END $$;

  CREATE FUNCTION drop_generation(p_projection text, p_generation integer) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER AS $$
  DECLARE
    v_table text;
  BEGIN
    DELETE FROM projection_generations WHERE projection = p_projection AND generation = p_generation AND state <> 'live';
    IF NOT FOUND THEN
      RAISE EXCEPTION 'generation % of % is live, or unknown', p_generation, p_projection USING ERRCODE = 'invalid_parameter_value';
    END IF;
    DELETE FROM parked_keys WHERE projection = p_projection AND generation = p_generation;
    FOR v_table IN SELECT table_name FROM projection_tables WHERE projection = p_projection LOOP
      EXECUTE format('DROP TABLE IF EXISTS %I', v_table || '__' || p_generation);
    END LOOP;
  END $$;

  -- Points the views at the tables of this generation; those that were live until now become the way back.
  CREATE FUNCTION switch_projection(p_projection text, p_generation integer) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER AS $$
  DECLARE
    v_pair record;
  BEGIN
    UPDATE projection_generations SET state = 'previous' WHERE projection = p_projection AND state = 'live';
    UPDATE projection_generations SET state = 'live'
    WHERE projection = p_projection AND generation = p_generation AND state IN ('building', 'previous');
    IF NOT FOUND THEN
      RAISE EXCEPTION 'there is no generation % of % to switch to', p_generation, p_projection
        USING ERRCODE = 'invalid_parameter_value';
    END IF;
    FOR v_pair IN SELECT table_name, view_name FROM projection_tables WHERE projection = p_projection ORDER BY view_name LOOP
      EXECUTE format('CREATE OR REPLACE VIEW %I AS SELECT * FROM %I', v_pair.view_name, v_pair.table_name || '__' || p_generation);
    END LOOP;
  END $$;
`;
