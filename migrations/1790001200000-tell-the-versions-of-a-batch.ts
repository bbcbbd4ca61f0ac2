import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Whoever has appended knows then what the log holds of it, without reading it: `o_version` has the version of each written stream
 * after the batch, in the order of `s_name`; NULL where something was refused. What a function answers can't be replaced, so it is
 * made anew.
 */
export class TellTheVersionsOfABatch1790001200000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await remake(queryRunner, CHANGES);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await remake(
      queryRunner,
      CHANGES.map(({ before, after }) => ({ before: after, after: before })),
    );
  }
}

interface Change {
  before: string;
  after: string;
}

const CHANGES: readonly Change[] = [
  { before: 'OUT o_actual integer[])', after: 'OUT o_actual integer[], OUT o_version integer[])' },
  {
    before: '  o_head := o_head + o_count;\n',
    after: '  o_head := o_head + o_count;\n  IF v_skip IS NULL THEN\n    o_version := v_version;\n  END IF;\n',
  },
];

/** Each text must be there once. */
async function remake(queryRunner: QueryRunner, changes: readonly Change[]): Promise<void> {
  const replaced = changes.map(
    ({ before, after }) => `
      v_parts := string_to_array(v_function, $from$${before}$from$);
      IF cardinality(v_parts) <> 2 THEN
        RAISE EXCEPTION 'append_events is not the function that this migration changes';
      END IF;
      v_function := v_parts[1] || $to$${after}$to$ || v_parts[2];`,
  );
  await queryRunner.query(`
    DO $do$
    DECLARE
      v_function text := pg_get_functiondef('append_events'::regproc);
      v_parts text[];
    BEGIN${replaced.join('')}
      DROP FUNCTION append_events;
      EXECUTE v_function;
      REVOKE ALL ON FUNCTION append_events FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION append_events TO zantara_app;
    END $do$`);
}
