import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateCheckpoints1790000004000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE checkpoints (
        name text COLLATE "C" PRIMARY KEY,
        position bigint NOT NULL
      ) WITH (fillfactor = 50)`);
    await queryRunner.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON checkpoints TO zantara_app`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE checkpoints`);
  }
}
