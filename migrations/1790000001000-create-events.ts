import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The tables of the log. Text that is compared has the "C" collation: its order is that of bytes, on every server.
 * No sequence anywhere: a copy of the rows is a working log.
 */
export class CreateEvents1790000001000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE log_identity (
        singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
        id uuid NOT NULL
      )`);
    await queryRunner.query(`INSERT INTO log_identity (id) VALUES (gen_random_uuid())`);

    // One row per lane. Its lock is the order of the log: a position is given only to whoever holds it.
    await queryRunner.query(`
      CREATE TABLE lanes (
        lane smallint PRIMARY KEY,
        head_position bigint NOT NULL,
        last_recorded_at timestamptz,
        chain_hash bytea NOT NULL
      ) WITH (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000)`);
    await queryRunner.query(`INSERT INTO lanes VALUES (0, 0, NULL, decode(repeat('00', 32), 'hex'))`);

    await queryRunner.query(`
      CREATE TABLE stream_heads (
        lane smallint NOT NULL,
        stream text COLLATE "C" NOT NULL,
        version integer NOT NULL,
        first_position bigint NOT NULL,
        last_position bigint NOT NULL,
        PRIMARY KEY (lane, stream)
      ) WITH (fillfactor = 70)`);

    // Never dropped, not even with old events: a key stays known for ever.
    await queryRunner.query(`
      CREATE TABLE append_keys (
        lane smallint NOT NULL,
        scope text COLLATE "C" NOT NULL,
        key text COLLATE "C" NOT NULL,
        content_hash bytea NOT NULL,
        position bigint NOT NULL,
        last_position bigint NOT NULL,
        PRIMARY KEY (lane, scope, key)
      )`);

    await queryRunner.query(`
      CREATE TABLE chain (
        lane smallint NOT NULL,
        first_position bigint NOT NULL,
        last_position bigint NOT NULL,
        previous_hash bytea NOT NULL,
        hash bytea NOT NULL,
        recorded_at timestamptz NOT NULL,
        PRIMARY KEY (lane, last_position)
      )`);

    // (stream, version) is unique per partition, see ensure_partition; the stream's head row guards it across partitions.
    await queryRunner.query(`
      CREATE TABLE events (
        lane smallint NOT NULL,
        position bigint NOT NULL,
        stream text COLLATE "C" NOT NULL,
        version integer NOT NULL,
        event_id uuid NOT NULL,
        type text COLLATE "C" NOT NULL,
        schema_version smallint NOT NULL,
        payload text NOT NULL,
        metadata text NOT NULL,
        correlation_id text COLLATE "C",
        recorded_at timestamptz NOT NULL,
        leaf bytea NOT NULL,
        PRIMARY KEY (lane, position)
      ) PARTITION BY RANGE (position)`);
    await queryRunner.query(`CREATE INDEX events_by_type ON events (lane, type, position)`);
    await queryRunner.query(`
      CREATE INDEX events_by_correlation ON events (lane, correlation_id, position) WHERE correlation_id IS NOT NULL`);

    await queryRunner.query(`GRANT SELECT ON log_identity TO zantara_app`);
    await queryRunner.query(`GRANT SELECT, UPDATE ON lanes TO zantara_app`);
    await queryRunner.query(`GRANT SELECT, INSERT, UPDATE ON stream_heads TO zantara_app`);
    await queryRunner.query(`GRANT SELECT, INSERT ON append_keys, chain, events TO zantara_app`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE events, chain, append_keys, stream_heads, lanes, log_identity`);
  }
}
