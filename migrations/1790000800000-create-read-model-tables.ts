import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The first generation of every read model, and the views by which they are read. They take the place of the tables that had no
 * generations; the orchestrator fills them from the log when it starts.
 */
export class CreateReadModelTables1790000800000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DROP_OLD);
    for (const table of TABLES) await createTable(queryRunner, table);
    await queryRunner.query(CREATE_VIEWS);
    await queryRunner.query(GRANT_VIEWS);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DROP_NEW);
    await queryRunner.query(CREATE_OLD);
  }
}

interface ReadModelTable {
  projection: string;
  name: string;
  view: string;
  columns: string;
  /** Primary key and indexes; `{}` stands for the name of the table. */
  keys: string;
  options?: string;
  /** The first column is its key; versions that ended are kept beside it. */
  hasPast?: true;
}

/** Rows that are rewritten in place stay on their page when there is room. */
const REWRITTEN = 'fillfactor = 70';

const TABLES: readonly ReadModelTable[] = [
  {
    projection: 'errors',
    name: 'errors',
    view: 'errors',
    columns: `
      position bigint, report_id text, agent_id text COLLATE "C", agent_class text, service text COLLATE "C", source text,
      error_type text, severity text, fingerprint text COLLATE "C", message text, release text, session_id text,
      observed_at timestamptz, recorded_at timestamptz, age_ms bigint, tried_strategy text, tried_success boolean`,
    keys: `
      ALTER TABLE {} ADD PRIMARY KEY (position);
      CREATE INDEX ON {} (service, position);
      CREATE INDEX ON {} (fingerprint, position);
      CREATE INDEX ON {} USING brin (recorded_at);`,
  },
  {
    projection: 'dead_letters',
    name: 'dead_letters',
    view: 'dead_letters',
    columns: `
      position bigint, recorded_at timestamptz, subject text, agent_id text, reason_code text, reason text, deliveries integer,
      original_sha256 text, original_bytes bigint, body text`,
    keys: 'ALTER TABLE {} ADD PRIMARY KEY (position);',
  },
  {
    projection: 'incidents',
    name: 'incidents',
    view: 'incidents',
    hasPast: true,
    columns: `
      incident_id text COLLATE "C", episode integer, fingerprint text COLLATE "C", service text COLLATE "C", error_type text,
      symptom text, severity text, state text, count bigint, opened_at timestamptz, changed_at timestamptz, ended_at timestamptz,
      fix_id text, strategy text, reason_code text, from_pos bigint`,
    keys: `
      ALTER TABLE {} ADD PRIMARY KEY (incident_id);
      CREATE INDEX ON {} (opened_at DESC, incident_id DESC);
      CREATE INDEX ON {} (state, opened_at DESC, incident_id DESC);
      CREATE INDEX ON {} (service, opened_at DESC, incident_id DESC);`,
    options: REWRITTEN,
  },
  {
    projection: 'incidents',
    name: 'incident_counts',
    view: 'incident_counts',
    columns: 'service text COLLATE "C", state text COLLATE "C", count bigint',
    keys: 'ALTER TABLE {} ADD PRIMARY KEY (service, state);',
    options: REWRITTEN,
  },
  {
    projection: 'decisions',
    name: 'decisions',
    view: 'decisions',
    columns: `
      position bigint, decision_id text, incident_id text COLLATE "C", service text COLLATE "C", fingerprint text COLLATE "C",
      decided_at timestamptz, decided_by text, rules_version text, rule text, choice text, verdict text, reason_code text,
      candidates json, guards json, inputs json, inputs_sha256 text, read_position bigint`,
    keys: `
      ALTER TABLE {} ADD PRIMARY KEY (position);
      CREATE INDEX ON {} (incident_id, position);
      CREATE INDEX ON {} (service, position);`,
  },
  {
    projection: 'fixes',
    name: 'fixes',
    view: 'fixes',
    hasPast: true,
    columns: `
      fix_id text COLLATE "C", incident_id text COLLATE "C", fingerprint text COLLATE "C", service text COLLATE "C",
      agent_id text, strategy text COLLATE "C", state text, attempts integer, command_id text, decision_event_id uuid,
      started_at timestamptz, commanded_at timestamptz, ended_at timestamptz, reason_code text, verdict text,
      verdict_at timestamptz, clean_probes integer, required_clean integer, revoked_at timestamptz, revoked_by_incident text,
      changed_at timestamptz, from_pos bigint`,
    keys: `
      ALTER TABLE {} ADD PRIMARY KEY (fix_id);
      CREATE INDEX ON {} (incident_id);
      CREATE INDEX ON {} (started_at DESC, fix_id DESC);`,
    options: REWRITTEN,
  },
  {
    projection: 'fix_timers',
    name: 'fix_timers',
    view: 'fix_timers',
    columns: `
      fix_id text COLLATE "C", name text COLLATE "C", generation integer, due_at timestamptz, event_id uuid, position bigint`,
    keys: `
      ALTER TABLE {} ADD PRIMARY KEY (fix_id, name);
      CREATE INDEX ON {} (due_at);`,
  },
  {
    projection: 'services',
    name: 'services',
    view: 'services',
    hasPast: true,
    columns: `
      service_id text COLLATE "C", state text, since timestamptz, pid integer, probe_url text, replicas integer, critical boolean,
      autonomy text, owner_agent text, depends_on json, from_pos bigint`,
    keys: 'ALTER TABLE {} ADD PRIMARY KEY (service_id);',
    options: REWRITTEN,
  },
  {
    projection: 'agents',
    name: 'agents',
    view: 'agents',
    columns: `
      agent_id text COLLATE "C", agent_class text, state text, changed_at timestamptz, reports bigint, results bigint,
      first_heard_at timestamptz, last_heard_at timestamptz`,
    keys: 'ALTER TABLE {} ADD PRIMARY KEY (agent_id);',
    options: REWRITTEN,
  },
  {
    projection: 'error_patterns',
    name: 'error_pattern_services',
    view: 'error_pattern_services',
    columns: `
      pattern_id text COLLATE "C", service text COLLATE "C", error_type text, pattern text, count bigint,
      first_seen_at timestamptz, last_seen_at timestamptz, last_position bigint`,
    keys: 'ALTER TABLE {} ADD PRIMARY KEY (pattern_id, service);',
    options: REWRITTEN,
  },
];

async function createTable(queryRunner: QueryRunner, table: ReadModelTable): Promise<void> {
  const { projection, name, view, columns, keys, options } = table;
  const physical = `${name}__1`;
  await queryRunner.query(`
    INSERT INTO projection_generations (projection, generation, version, state) VALUES ('${projection}', 1, 1, 'live')
    ON CONFLICT DO NOTHING;
    CREATE TABLE ${physical} (${columns}) ${options === undefined ? '' : `WITH (${options})`};
    ${keys.replaceAll('{}', physical)}
    ${show(projection, name, view)}`);
  if (table.hasPast !== true) return;
  const [key = ''] = columns.trim().split(' ');
  await queryRunner.query(`
    CREATE TABLE ${name}_past__1 (${columns}, to_pos bigint);
    ALTER TABLE ${name}_past__1 ADD PRIMARY KEY (${key}, from_pos);
    ${show(projection, `${name}_past`, `${view}_past`)}`);
}

const show = (projection: string, name: string, view: string): string => `
  GRANT SELECT, INSERT, UPDATE, DELETE ON ${name}__1 TO zantara_app;
  CREATE VIEW ${view} AS SELECT * FROM ${name}__1;
  INSERT INTO projection_tables VALUES ('${projection}', '${name}', '${view}');`;

const DROP_OLD = `
  DROP TABLE incident_list, incident_counts, service_list, fix_timers;
  DROP FUNCTION count_incidents;
  DELETE FROM checkpoints WHERE name IN ('incident_list', 'service_list', 'fix_timers');
`;

/**
 * What holds and what held; and what is counted when it is read. The interval is Wilson's for 95 %
 * (E. B. Wilson, 1927): it tells something also of few fixes, and of those that always worked.
 */
const CREATE_VIEWS = `
  CREATE VIEW incidents_history AS SELECT *, NULL::bigint AS to_pos FROM incidents UNION ALL SELECT * FROM incidents_past;
  CREATE VIEW services_history AS SELECT *, NULL::bigint AS to_pos FROM services UNION ALL SELECT * FROM services_past;
  CREATE VIEW fixes_history AS SELECT *, NULL::bigint AS to_pos FROM fixes UNION ALL SELECT * FROM fixes_past;

  CREATE FUNCTION wilson_bound(p_successes bigint, p_n bigint, p_side integer) RETURNS double precision
  LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN p_n = 0 THEN NULL ELSE
      greatest(0, least(1, (p_successes + 1.920729410347062 + p_side * 1.959963984540054 *
        sqrt(p_successes::double precision * (p_n - p_successes) / p_n + 0.960364705173531)) / (p_n + 3.841458820694124)))
    END
  $$;

  -- A success that didn't last counts as what it was, on the day on which it was taken for one.
  CREATE FUNCTION count_fix_success(p_position bigint) RETURNS TABLE (
    strategy text, fingerprint text, service text, day date, n bigint, verified bigint, recurred bigint, inconclusive bigint,
    regressed bigint, superseded bigint, success_low double precision, success_high double precision
  ) LANGUAGE sql STABLE AS $$
    WITH judged AS (
      SELECT f.strategy, f.fingerprint, f.service, (f.verdict_at AT TIME ZONE 'UTC')::date AS day,
             CASE WHEN f.revoked_at IS NULL THEN f.verdict ELSE 'recurred' END AS verdict
      FROM fixes_history f
      WHERE f.verdict IS NOT NULL AND f.from_pos <= p_position AND (f.to_pos IS NULL OR f.to_pos > p_position)
    ), counted AS (
      SELECT j.strategy, j.fingerprint, j.service, j.day,
             count(*) FILTER (WHERE j.verdict <> 'superseded') AS n,
             count(*) FILTER (WHERE j.verdict = 'verified') AS verified,
             count(*) FILTER (WHERE j.verdict = 'recurred') AS recurred,
             count(*) FILTER (WHERE j.verdict = 'inconclusive') AS inconclusive,
             count(*) FILTER (WHERE j.verdict = 'regressed') AS regressed,
             count(*) FILTER (WHERE j.verdict = 'superseded') AS superseded
      FROM judged j GROUP BY j.strategy, j.fingerprint, j.service, j.day
    )
    SELECT c.*, wilson_bound(c.verified, c.n, -1), wilson_bound(c.verified, c.n, 1) FROM counted c
  $$;

  -- It reads these tables also for somebody who has others of the same name before them.
  DO $$
  BEGIN
    EXECUTE format('ALTER FUNCTION count_fix_success(bigint) SET search_path = %I, pg_temp', current_schema());
  END $$;

  CREATE VIEW fix_success AS SELECT * FROM count_fix_success(9223372036854775807);

  CREATE VIEW error_patterns AS
  SELECT pattern_id, error_type, pattern, array_agg(service ORDER BY service) AS services, sum(count)::bigint AS count,
         min(first_seen_at) AS first_seen_at, max(last_seen_at) AS last_seen_at, max(last_position) AS last_position
  FROM error_pattern_services GROUP BY pattern_id, error_type, pattern;
`;

const GRANT_VIEWS = `
  GRANT SELECT ON errors, dead_letters, incidents, incidents_past, incidents_history, incident_counts, decisions, fixes, fixes_past, fixes_history, fix_timers,
    services, services_past, services_history, agents, error_pattern_services, error_patterns, fix_success TO zantara_app, zantara_analyst;
`;

const DROP_NEW = `
  DROP VIEW fix_success, error_patterns, incidents_history, services_history, fixes_history;
  DROP FUNCTION count_fix_success;
  DROP FUNCTION wilson_bound;
  DO $$
  DECLARE
    v_table record;
  BEGIN
    FOR v_table IN SELECT table_name, view_name FROM projection_tables LOOP
      EXECUTE format('DROP VIEW %I', v_table.view_name);
    END LOOP;
    FOR v_table IN
      SELECT t.table_name || '__' || g.generation AS name FROM projection_tables t JOIN projection_generations g USING (projection)
    LOOP
      EXECUTE format('DROP TABLE IF EXISTS %I', v_table.name);
    END LOOP;
  END $$;
  DELETE FROM parked_keys;
  DELETE FROM projection_generations;
  DELETE FROM projection_tables;
`;

/** Empty: the code that knows them fills them from the log. */
const CREATE_OLD = `
  CREATE TABLE incident_list (
    incident_id text PRIMARY KEY, episode integer NOT NULL, fingerprint text NOT NULL, target text NOT NULL,
    error_type text NOT NULL, severity text NOT NULL, state text NOT NULL, count bigint NOT NULL, opened_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL, ended_at timestamptz, fix_id text, strategy text, reason_code text, position bigint NOT NULL,
    symptom text NOT NULL DEFAULT 'other'
  );
  CREATE INDEX incident_list_opened ON incident_list (opened_at DESC, incident_id DESC);
  CREATE INDEX incident_list_target ON incident_list (target, state);
  CREATE INDEX incident_list_latest ON incident_list (target, opened_at DESC, incident_id DESC);
  CREATE INDEX incident_list_state ON incident_list (state, opened_at DESC, incident_id DESC);

  CREATE TABLE service_list (
    service_id text PRIMARY KEY, state text NOT NULL DEFAULT 'unknown', since timestamptz, pid integer, probe_url text NOT NULL,
    replicas integer NOT NULL, critical boolean NOT NULL, autonomy text NOT NULL, owner_agent text NOT NULL, depends_on text NOT NULL
  );

  CREATE TABLE fix_timers (
    fix_id text NOT NULL, name text NOT NULL, generation integer NOT NULL, due_at timestamptz NOT NULL, event_id uuid NOT NULL,
    position bigint NOT NULL, PRIMARY KEY (fix_id, name)
  );
  CREATE INDEX fix_timers_due ON fix_timers (due_at);

  CREATE TABLE incident_counts (
    target text NOT NULL, state text NOT NULL, count bigint NOT NULL, PRIMARY KEY (target, state)
  );
  CREATE FUNCTION count_incidents() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF TG_OP <> 'INSERT' THEN
      UPDATE incident_counts SET count = count - 1 WHERE target = OLD.target AND state = OLD.state;
    END IF;
    IF TG_OP <> 'DELETE' THEN
      INSERT INTO incident_counts VALUES (NEW.target, NEW.state, 1)
      ON CONFLICT (target, state) DO UPDATE SET count = incident_counts.count + 1;
    END IF;
    RETURN NULL;
  END $$;
  CREATE TRIGGER incident_list_count AFTER INSERT OR DELETE OR UPDATE OF target, state ON incident_list
  FOR EACH ROW EXECUTE FUNCTION count_incidents();

  GRANT SELECT, INSERT, UPDATE, DELETE ON incident_list, service_list, fix_timers TO zantara_app;
  GRANT SELECT, INSERT, UPDATE ON incident_counts TO zantara_app;
`;
