import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Roles belong to the whole server, so they may exist already: with LOGIN from the launcher, or from another database of ours.
 * For the same reason `down` leaves them.
 */
export class CreateRoles1790000000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DO $$
      DECLARE
        v_role text;
      BEGIN
        FOREACH v_role IN ARRAY ARRAY['zantara_app', 'zantara_analyst'] LOOP
          IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = v_role) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', v_role);
          END IF;
          EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), v_role);
        END LOOP;
      END $$`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DO $$
      BEGIN
        EXECUTE format('REVOKE USAGE ON SCHEMA %I FROM zantara_app, zantara_analyst', current_schema());
      END $$`);
  }
}
