import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The log as analysts see it. The view reads with the owner's rights, so they need none on the table. */
export class CreateEventLogView1790000005000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE VIEW event_log AS
      SELECT position, recorded_at, stream, version, event_id, type, schema_version, correlation_id,
             payload::jsonb AS data, metadata::jsonb AS metadata
      FROM events
      WHERE lane = 0`);
    await queryRunner.query(`GRANT SELECT ON event_log TO zantara_analyst`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP VIEW event_log`);
  }
}
