import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a person has to look at, once for each root cause; the orchestrator fills it from the log when it starts. */
export class CreateEscalations1790001000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(CREATE);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DROP);
  }
}

const CREATE = `
  INSERT INTO projection_generations (projection, generation, version, state) VALUES ('escalations', 1, 1, 'live')
  ON CONFLICT DO NOTHING;

  CREATE TABLE escalations__1 (
    escalation_id text COLLATE "C", root text COLLATE "C", kind text, service text COLLATE "C", state text, reason_code text,
    incidents bigint, opened_at timestamptz, closed_at timestamptz, notified_at timestamptz, attempts integer,
    next_attempt_at timestamptz
  ) WITH (fillfactor = 70);
  ALTER TABLE escalations__1 ADD PRIMARY KEY (escalation_id);
  CREATE INDEX ON escalations__1 (opened_at DESC, escalation_id DESC);
  CREATE INDEX ON escalations__1 (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
  CREATE INDEX ON escalations__1 (root) WHERE state = 'open';

  CREATE TABLE escalation_incidents__1 (
    escalation_id text COLLATE "C", incident_id text COLLATE "C", service text COLLATE "C", joined_at timestamptz
  );
  ALTER TABLE escalation_incidents__1 ADD PRIMARY KEY (escalation_id, incident_id);

  CREATE VIEW escalations AS SELECT * FROM escalations__1;
  CREATE VIEW escalation_incidents AS SELECT * FROM escalation_incidents__1;
  INSERT INTO projection_tables VALUES ('escalations', 'escalations', 'escalations'),
    ('escalations', 'escalation_incidents', 'escalation_incidents');

  GRANT SELECT, INSERT, UPDATE, DELETE ON escalations__1, escalation_incidents__1 TO zantara_app;
  GRANT SELECT ON escalations, escalation_incidents TO zantara_app, zantara_analyst;
`;

const DROP = `
  DROP VIEW escalations, escalation_incidents;
  DO $$
  DECLARE
    v_generation integer;
  BEGIN
    FOR v_generation IN SELECT generation FROM projection_generations WHERE projection = 'escalations' LOOP
      EXECUTE format('DROP TABLE IF EXISTS %I, %I', 'escalations__' || v_generation, 'escalation_incidents__' || v_generation);
    END LOOP;
  END $$;
  DELETE FROM parked_keys WHERE projection = 'escalations';
  DELETE FROM projection_tables WHERE projection = 'escalations';
  DELETE FROM projection_generations WHERE projection = 'escalations';
`;
