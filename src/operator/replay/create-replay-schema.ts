import { Client } from 'pg';
import type { Projection } from '../../platform/projections/projection.ts';
import { SchemaExistsError } from '../operator.errors.ts';

interface ViewDefinition {
  name: string;
  definition: string;
}

/**
 * Makes a schema with empty tables and the views of every read model, like those that are live.
 *
 * @throws SchemaExistsError
 */
export async function createReplaySchema(ownerUrl: string, schema: string, projections: readonly Projection[]): Promise<void> {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query('BEGIN');
    const views = await readViews(client);
    await createSchema(client, schema);
    await createTables(client, schema, projections);
    await createFunctions(client, schema);
    // What is in the new schema is found there; what isn't, such as a formula, is where it always is.
    await client.query(`SELECT set_config('search_path', '${schema},' || current_schema(), true)`);
    for (const { name, definition } of views) await client.query(`CREATE VIEW ${schema}."${name}" AS ${definition}`);
    await client.query(`GRANT USAGE ON SCHEMA ${schema} TO zantara_analyst`);
    await client.query(`GRANT SELECT ON ALL TABLES IN SCHEMA ${schema} TO zantara_analyst`);
    await client.query('COMMIT');
  } finally {
    // Without a COMMIT nothing of it stays.
    await client.end();
  }
}

async function createSchema(client: Client, schema: string): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM pg_namespace WHERE nspname = $1', [schema]);
  if (rowCount !== 0) throw new SchemaExistsError(schema);
  await client.query(`CREATE SCHEMA ${schema}`);
}

/** Those of the read models, in the order in which they were made: one that stands on another comes after it. */
async function readViews(client: Client): Promise<ViewDefinition[]> {
  const { rows } = await client.query<ViewDefinition>(`
    WITH RECURSIVE wanted AS (
      SELECT to_regclass(view_name)::oid AS oid FROM projection_tables
      UNION
      SELECT c.oid FROM wanted w
      JOIN pg_depend d ON d.refobjid = w.oid AND d.classid = 'pg_rewrite'::regclass
      JOIN pg_rewrite r ON r.oid = d.objid
      JOIN pg_class c ON c.oid = r.ev_class AND c.relkind = 'v' AND c.relnamespace = current_schema()::regnamespace
    )
    SELECT c.relname AS name, pg_get_viewdef(c.oid) AS definition
    FROM wanted JOIN pg_class c USING (oid)
    UNION
    SELECT 'fix_success', pg_get_viewdef('fix_success'::regclass)`);
  const order = await client.query<{ name: string }>('SELECT relname AS name FROM pg_class WHERE relkind = $1 ORDER BY oid', [
    'v',
  ]);
  const places = order.rows.map(({ name }) => name);
  return rows.toSorted((a, b) => places.indexOf(a.name) - places.indexOf(b.name));
}

/** They count the rows of the new schema, whoever asks them. */
async function createFunctions(client: Client, schema: string): Promise<void> {
  const { rows } = await client.query<{ definition: string; home: string }>(
    "SELECT pg_get_functiondef('count_fix_success'::regproc) AS definition, current_schema() AS home",
  );
  for (const { definition, home } of rows) {
    await client.query(definition.replace(`FUNCTION ${home}.`, `FUNCTION ${schema}.`));
    await client.query(`ALTER FUNCTION ${schema}.count_fix_success(bigint) SET search_path = ${schema}, ${home}, pg_temp`);
  }
}

async function createTables(client: Client, schema: string, projections: readonly Projection[]): Promise<void> {
  for (const book of ['projection_tables', 'projection_generations', 'parked_keys'])
    await client.query(`CREATE TABLE ${schema}.${book} (LIKE ${book} INCLUDING ALL)`);
  await client.query(`INSERT INTO ${schema}.projection_tables SELECT * FROM projection_tables`);
  const { rows } = await client.query<{ table: string; generation: number }>(
    `SELECT t.table_name AS table, g.generation FROM projection_tables t
     JOIN projection_generations g ON g.projection = t.projection AND g.state = 'live'`,
  );
  for (const { table, generation } of rows)
    await client.query(`CREATE TABLE ${schema}."${table}__${generation}" (LIKE "${table}__${generation}" INCLUDING ALL)`);
  for (const { name, version } of projections)
    await client.query(
      `INSERT INTO ${schema}.projection_generations (projection, generation, version, state)
       SELECT projection, generation, $2, 'live' FROM projection_generations WHERE projection = $1 AND state = 'live'`,
      [name, version],
    );
}
