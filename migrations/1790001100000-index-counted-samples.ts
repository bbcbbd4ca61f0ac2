import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Each look at a fix that is verified asks what was counted of its service meanwhile. */
export class IndexCountedSamples1790001100000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE INDEX metric_samples_counted ON metric_samples (service_id, stored_at)
      WHERE name IN (
        'exposures_total', 'exposures_failed_total', 'exposures_masked_total', 'checks_total', 'checks_failed_total'
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX metric_samples_counted');
  }
}
