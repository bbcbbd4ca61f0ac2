import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The append of the log, one call per commit. Arrays by prefix, all in the order of the requests:
 *
 * - `r_` one element per request. `key_index` is equal for equal keys; `before` counts the events of earlier requests.
 * - `s_` one per stream that is written, sorted by name: its events in the whole batch, the ordinals of the first and last one.
 * - `q_` one per stream that is only looked at.
 * - `w_` one per write of a request to a stream. `shift` + ordinal + (version of the stream after the batch) = version of the event.
 * - `c_` one per demand on a stream; `stream` counts through s_ and then q_; `expected` is a version, 0 for none, -1 for exists;
 *   `before` + (version after the batch) = version before the request. 'any' makes no demand.
 * - `e_` one per event; `write` is the index of its write.
 *
 * `append_events` first supposes that every key is new and every demand holds, and works on whole arrays. If not, what it did is
 * undone and `append_one_by_one` judges the requests in turn; its answers come back in `o_status` (1 appended, 2 repeated,
 * 3 key reused, 4 demand number `o_check` failed), which is NULL when all were appended.
 */
export class CreateAppendFunctions1790000003000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(APPEND_ONE_BY_ONE);
    await queryRunner.query(APPEND_EVENTS);
    await queryRunner.query(POSITION_AT);
    for (const name of ['append_one_by_one', 'append_events', 'position_at']) {
      await queryRunner.query(`REVOKE ALL ON FUNCTION ${name} FROM PUBLIC`);
      await queryRunner.query(`GRANT EXECUTE ON FUNCTION ${name} TO zantara_app`);
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const name of ['position_at', 'append_events', 'append_one_by_one']) await queryRunner.query(`DROP FUNCTION ${name}`);
  }
}

const APPEND_ONE_BY_ONE = `
CREATE FUNCTION append_one_by_one(
  p_lane smallint, p_head bigint,
  r_scope text[], r_key text[], r_hash bytea[], r_key_index integer[], r_events integer[], r_writes integer[],
  s_name text[], w_stream integer[], w_events integer[], c_request integer[], c_stream integer[], c_expected integer[],
  OUT o_status integer[], OUT o_first bigint[], OUT o_last bigint[], OUT o_check integer[], OUT o_actual integer[],
  OUT o_shift integer[], OUT o_skip integer[], OUT o_count integer
) LANGUAGE plpgsql AS $$
DECLARE
  k_first bigint[] := array_fill(0::bigint, ARRAY[cardinality(r_key)]);
  k_last bigint[] := k_first;
  k_hash bytea[] := array_fill(''::bytea, ARRAY[cardinality(r_key)]);
  v_known record;
  v_version integer[];
  v_added integer[] := array_fill(0, ARRAY[cardinality(s_name)]);
  v_first bigint[] := array_fill(0::bigint, ARRAY[cardinality(s_name)]);
  v_last bigint[] := v_first;
  v_key integer;
  v_stream integer;
  v_failed integer;
  v_check integer := 1;     -- the next demand
  v_write integer := 0;     -- writes seen
  v_ordinal integer := 0;   -- events seen, accepted or not
BEGIN
  o_count := 0;
  -- Filled, because an array that is first assigned at index 3 would begin there.
  o_status := array_fill(0, ARRAY[cardinality(r_key)]);
  o_check := o_status;
  o_actual := o_status;
  o_first := array_fill(0::bigint, ARRAY[cardinality(r_key)]);
  o_last := o_first;
  o_shift := array_fill(0, ARRAY[cardinality(w_stream)]);
  o_skip := o_shift;
  FOR v_known IN
    SELECT r.key_index, k.content_hash, k.position, k.last_position
    FROM unnest(r_scope, r_key, r_key_index) AS r (scope, key, key_index)
    JOIN append_keys k ON k.lane = p_lane AND k.scope = r.scope AND k.key = r.key
  LOOP
    k_first[v_known.key_index] := v_known.position;
    k_last[v_known.key_index] := v_known.last_position;
    k_hash[v_known.key_index] := v_known.content_hash;
  END LOOP;

  PERFORM FROM stream_heads h WHERE h.lane = p_lane AND h.stream = ANY (s_name) ORDER BY h.stream FOR UPDATE;
  SELECT array_agg(coalesce(h.version, 0) ORDER BY s.n) INTO v_version
  FROM unnest(s_name) WITH ORDINALITY AS s (name, n)
  LEFT JOIN stream_heads h ON h.lane = p_lane AND h.stream = s.name;

  FOR v_request IN 1 .. cardinality(r_key) LOOP
    v_key := r_key_index[v_request];
    v_failed := 0;
    IF k_first[v_key] > 0 THEN
      o_status[v_request] := CASE WHEN k_hash[v_key] = r_hash[v_request] THEN 2 ELSE 3 END;
      o_first[v_request] := k_first[v_key];
      o_last[v_request] := k_last[v_key];
    ELSE
      WHILE c_request[v_check] < v_request LOOP
        v_check := v_check + 1;
      END LOOP;
      WHILE c_request[v_check] = v_request AND v_failed = 0 LOOP
        v_stream := c_stream[v_check];
        -- In parentheses, or the THEN of the CASE would be taken for that of the IF.
        IF NOT (CASE c_expected[v_check]
          WHEN -1 THEN v_version[v_stream] > 0
          ELSE v_version[v_stream] = c_expected[v_check]
        END) THEN
          v_failed := v_check;
          o_status[v_request] := 4;
          o_check[v_request] := v_check;
          o_actual[v_request] := v_version[v_stream];
        END IF;
        v_check := v_check + 1;
      END LOOP;
      IF v_failed = 0 THEN
        o_status[v_request] := 1;
        k_first[v_key] := p_head + o_count + 1;
        k_last[v_key] := p_head + o_count + r_events[v_request];
        k_hash[v_key] := r_hash[v_request];
        o_first[v_request] := k_first[v_key];
        o_last[v_request] := k_last[v_key];
      END IF;
    END IF;

    FOR v_number IN v_write + 1 .. v_write + r_writes[v_request] LOOP
      v_stream := w_stream[v_number];
      IF o_status[v_request] = 1 THEN
        o_shift[v_number] := v_version[v_stream] - v_ordinal;
        o_skip[v_number] := v_ordinal - o_count;
        IF v_added[v_stream] = 0 THEN
          v_first[v_stream] := p_head + o_count + 1;
        END IF;
        o_count := o_count + w_events[v_number];
        v_last[v_stream] := p_head + o_count;
        v_version[v_stream] := v_version[v_stream] + w_events[v_number];
        v_added[v_stream] := v_added[v_stream] + w_events[v_number];
      ELSE
        o_skip[v_number] := -1;
      END IF;
      v_ordinal := v_ordinal + w_events[v_number];
    END LOOP;
    v_write := v_write + r_writes[v_request];
  END LOOP;

  INSERT INTO append_keys (lane, scope, key, content_hash, position, last_position)
  SELECT p_lane, r.scope, r.key, r.hash, r.first, r.last
  FROM unnest(r_scope, r_key, r_hash, o_status, o_first, o_last) AS r (scope, key, hash, status, first, last)
  WHERE r.status = 1;

  INSERT INTO stream_heads AS h (lane, stream, version, first_position, last_position)
  SELECT p_lane, s.name, s.added, s.first, s.last
  FROM unnest(s_name, v_added, v_first, v_last) AS s (name, added, first, last)
  WHERE s.added > 0
  ORDER BY s.name COLLATE "C"
  ON CONFLICT (lane, stream) DO UPDATE SET version = h.version + excluded.version, last_position = excluded.last_position;
END $$`;

const APPEND_EVENTS = `
CREATE FUNCTION append_events(
  p_lane smallint,
  r_scope text[], r_key text[], r_hash bytea[], r_key_index integer[], r_before integer[], r_events integer[], r_writes integer[],
  s_name text[], s_events integer[], s_first integer[], s_last integer[], q_name text[],
  w_stream integer[], w_events integer[], w_shift integer[],
  c_request integer[], c_stream integer[], c_expected integer[], c_before integer[],
  e_write integer[], e_id uuid[], e_type text[], e_schema_version smallint[], e_payload text[], e_metadata text[],
  e_correlation_id text[], e_leaf bytea[],
  OUT o_head bigint, OUT o_recorded_at timestamptz, OUT o_count integer,
  OUT o_status integer[], OUT o_first bigint[], OUT o_last bigint[], OUT o_check integer[], OUT o_actual integer[]
) LANGUAGE plpgsql AS $$
DECLARE
  v_last_at timestamptz;
  v_previous bytea;
  v_hash bytea;
  v_version integer[];      -- of the written streams, after the batch
  v_seen integer[];         -- the same, followed by the streams that are only looked at
  v_skip integer[];         -- refused events before each write, -1 for a refused write; NULL when nothing was refused
BEGIN
  -- Everything that follows happens under this lock, above all the numbering. Each statement below sees what was committed before.
  SELECT l.head_position, l.last_recorded_at, l.chain_hash INTO STRICT o_head, v_last_at, v_previous
  FROM lanes l WHERE l.lane = p_lane FOR UPDATE;
  -- Whole milliseconds, because that is what readers in JavaScript can name.
  o_recorded_at := greatest(date_trunc('milliseconds', clock_timestamp()), v_last_at);
  o_count := cardinality(e_write);

  BEGIN
    INSERT INTO append_keys (lane, scope, key, content_hash, position, last_position)
    SELECT p_lane, r.scope, r.key, r.hash, o_head + r.before + 1, o_head + r.before + r.events
    FROM unnest(r_scope, r_key, r_hash, r_before, r_events) AS r (scope, key, hash, before, events);

    WITH moved AS (
      INSERT INTO stream_heads AS h (lane, stream, version, first_position, last_position)
      SELECT p_lane, s.name, s.events, o_head + s.first, o_head + s.last
      FROM unnest(s_name, s_events, s_first, s_last) AS s (name, events, first, last)
      ON CONFLICT (lane, stream) DO UPDATE SET version = h.version + excluded.version, last_position = excluded.last_position
      RETURNING h.stream, h.version
    )
    SELECT array_agg(m.version ORDER BY m.stream) INTO v_version FROM moved m;

    IF cardinality(c_stream) > 0 THEN
      v_seen := v_version;
      IF cardinality(q_name) > 0 THEN
        SELECT v_version || array_agg(coalesce(h.version, 0) ORDER BY q.n) INTO v_seen
        FROM unnest(q_name) WITH ORDINALITY AS q (name, n)
        LEFT JOIN stream_heads h ON h.lane = p_lane AND h.stream = q.name;
      END IF;
      IF EXISTS (
        SELECT FROM unnest(c_stream, c_expected, c_before) AS c (stream, expected, before)
        WHERE NOT CASE c.expected
          WHEN -1 THEN v_seen[c.stream] + c.before > 0
          ELSE v_seen[c.stream] + c.before = c.expected
        END
      ) THEN
        RAISE EXCEPTION 'a demand fails' USING ERRCODE = 'ZT001';
      END IF;
    END IF;
  EXCEPTION WHEN unique_violation OR SQLSTATE 'ZT001' THEN
    SELECT j.o_status, j.o_first, j.o_last, j.o_check, j.o_actual, j.o_shift, j.o_skip, j.o_count
    INTO o_status, o_first, o_last, o_check, o_actual, w_shift, v_skip, o_count
    FROM append_one_by_one(p_lane, o_head, r_scope, r_key, r_hash, r_key_index, r_events, r_writes,
                           s_name || q_name, w_stream, w_events, c_request, c_stream, c_expected) j;
    v_version := array_fill(0, ARRAY[cardinality(s_name)]);
    IF o_count = 0 THEN
      RETURN;
    END IF;
  END;

  INSERT INTO events (lane, position, stream, version, event_id, type, schema_version, payload, metadata, correlation_id,
                      recorded_at, leaf)
  SELECT p_lane, o_head + e.n - coalesce(v_skip[e.write], 0), s_name[w_stream[e.write]],
         v_version[w_stream[e.write]] + w_shift[e.write] + e.n,
         e.id, e.type, e.schema_version, e.payload, e.metadata, e.correlation_id, o_recorded_at, e.leaf
  FROM unnest(e_write, e_id, e_type, e_schema_version, e_payload, e_metadata, e_correlation_id, e_leaf) WITH ORDINALITY
    AS e (write, id, type, schema_version, payload, metadata, correlation_id, leaf, n)
  WHERE v_skip IS NULL OR v_skip[e.write] >= 0;

  SELECT sha256(v_previous || string_agg(
           int8send(o_head + e.n - coalesce(v_skip[e.write], 0))
           || int8send(v_version[w_stream[e.write]] + w_shift[e.write] + e.n)
           || e.leaf, ''::bytea ORDER BY e.n))
  INTO v_hash
  FROM unnest(e_write, e_leaf) WITH ORDINALITY AS e (write, leaf, n)
  WHERE v_skip IS NULL OR v_skip[e.write] >= 0;

  INSERT INTO chain (lane, first_position, last_position, previous_hash, hash, recorded_at)
  VALUES (p_lane, o_head + 1, o_head + o_count, v_previous, v_hash, o_recorded_at);
  o_head := o_head + o_count;
  UPDATE lanes SET head_position = o_head, last_recorded_at = o_recorded_at, chain_hash = v_hash WHERE lane = p_lane;
END $$`;

const POSITION_AT = `
CREATE FUNCTION position_at(p_lane smallint, p_time timestamptz) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_low bigint := 0;        -- recorded in time, or before the beginning
  v_high bigint;            -- last position that may be in time
  v_row record;
BEGIN
  SELECT coalesce(max(c.last_position), 0) INTO v_high FROM chain c WHERE c.lane = p_lane;
  -- recorded_at never decreases, so halving finds the batch without an index on time.
  WHILE v_low < v_high LOOP
    SELECT c.first_position, c.last_position, c.recorded_at INTO STRICT v_row
    FROM chain c WHERE c.lane = p_lane AND c.last_position >= (v_low + v_high + 1) / 2 ORDER BY c.last_position LIMIT 1;
    IF v_row.recorded_at <= p_time THEN
      v_low := v_row.last_position;
    ELSE
      v_high := v_row.first_position - 1;
    END IF;
  END LOOP;
  RETURN v_low;
END $$`;
