import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A list has to say what is wrong without opening each incident, and which one of a service is the latest. */
export class AddIncidentSymptom1790000200000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE incident_list ADD COLUMN symptom text NOT NULL DEFAULT 'other';
      UPDATE incident_list SET symptom = opened.symptom
      FROM (
        SELECT payload::jsonb ->> 'incident_id' AS incident_id, payload::jsonb #>> '{evidence,symptom}' AS symptom
        FROM events
        WHERE lane = 0 AND type = 'IncidentOpened'
      ) opened
      WHERE opened.incident_id = incident_list.incident_id AND opened.symptom IS NOT NULL;
      CREATE INDEX incident_list_latest ON incident_list (target, opened_at DESC, incident_id DESC);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX incident_list_latest');
    await queryRunner.query('ALTER TABLE incident_list DROP COLUMN symptom');
  }
}
