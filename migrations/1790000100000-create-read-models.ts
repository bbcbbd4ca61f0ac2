import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What projections write and queries read. Every row can be made again from the log. */
export class CreateReadModels1790000100000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE incident_list (
        incident_id text PRIMARY KEY,
        episode integer NOT NULL,
        fingerprint text NOT NULL,
        target text NOT NULL,
        error_type text NOT NULL,
        severity text NOT NULL,
        state text NOT NULL,
        count bigint NOT NULL,
        opened_at timestamptz NOT NULL,
        changed_at timestamptz NOT NULL,
        ended_at timestamptz,
        fix_id text,
        strategy text,
        reason_code text,
        position bigint NOT NULL
      );
      CREATE INDEX incident_list_opened ON incident_list (opened_at DESC, incident_id DESC);
      CREATE INDEX incident_list_target ON incident_list (target, state);

      CREATE TABLE service_list (
        service_id text PRIMARY KEY,
        state text NOT NULL DEFAULT 'unknown',
        since timestamptz,
        pid integer,
        probe_url text NOT NULL,
        replicas integer NOT NULL,
        critical boolean NOT NULL,
        autonomy text NOT NULL,
        owner_agent text NOT NULL,
        depends_on text NOT NULL
      );

      CREATE TABLE fix_timers (
        fix_id text NOT NULL,
        name text NOT NULL,
        generation integer NOT NULL,
        due_at timestamptz NOT NULL,
        event_id uuid NOT NULL,
        position bigint NOT NULL,
        PRIMARY KEY (fix_id, name)
      );
      CREATE INDEX fix_timers_due ON fix_timers (due_at);

      CREATE TABLE metric_samples (
        agent_id text NOT NULL,
        service_id text NOT NULL,
        name text NOT NULL,
        value double precision NOT NULL,
        stored_at timestamptz NOT NULL
      );
      CREATE INDEX metric_samples_stored ON metric_samples USING brin (stored_at);

      GRANT SELECT, INSERT, UPDATE, DELETE ON incident_list, service_list, fix_timers TO zantara_app;
      GRANT SELECT, INSERT, DELETE ON metric_samples TO zantara_app;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE metric_samples, fix_timers, service_list, incident_list');
  }
}
