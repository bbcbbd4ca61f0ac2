import { createHash, randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { MIGRATIONS } from '../../../../migrations/index.ts';
import type { PostgresUrls } from '../../../../scripts/infra/postgres.mjs';
import { getTestServer } from './test-servers.ts';

/** A migrated database of a spec's own, with one URL per role. */
export interface TestDatabase {
  readonly name: string;
  readonly ownerUrl: string;
  readonly appUrl: string;
  readonly analystUrl: string;
  /** To end backends and the like. */
  readonly superuserUrl: string;
  drop(): Promise<void>;
}

/** Makes a fresh database by copying a template that is migrated once per server, which takes a fraction of a second. */
export async function createTestDatabase(server: PostgresUrls = getTestServer()): Promise<TestDatabase> {
  const name = `zt_${randomUUID().replaceAll('-', '')}`;
  await withClient(server.superuserUrl, async (client) => {
    const template = await ensureTemplate(client, server);
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template} OWNER zantara_owner`);
  });
  const urls = computeUrls(server, name);
  // A copy would carry the identity of the template's log.
  await withClient(urls.ownerUrl, (client) => client.query('UPDATE log_identity SET id = gen_random_uuid()'));
  const drop = async (): Promise<void> => {
    await withClient(server.superuserUrl, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
  };
  return { name, ...urls, drop };
}

/** Makes an empty database, for tests of the migrations themselves. */
export async function createEmptyDatabase(server: PostgresUrls = getTestServer()): Promise<TestDatabase> {
  const name = `zt_${randomUUID().replaceAll('-', '')}`;
  await withClient(server.superuserUrl, (client) => client.query(`CREATE DATABASE ${name} OWNER zantara_owner`));
  const drop = async (): Promise<void> => {
    await withClient(server.superuserUrl, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
  };
  return { name, ...computeUrls(server, name), drop };
}

/** Runs something on a connection of its own. */
export async function withClient<T>(connectionString: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

async function ensureTemplate(client: Client, server: PostgresUrls): Promise<string> {
  const names = MIGRATIONS.map((migration) => migration.name).join();
  const template = `zt_template_${createHash('sha256').update(names).digest('hex').slice(0, 16)}`;
  const lock = "hashtext('zantara'), hashtext('test template')";
  await client.query(`SELECT pg_advisory_lock(${lock})`); // specs run in several processes
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [template]);
    if (rowCount === 0) await makeTemplate(client, server, template);
  } finally {
    await client.query(`SELECT pg_advisory_unlock(${lock})`);
  }
  return template;
}

/** Under another name until it is complete, so that an interrupted one is never copied. */
async function makeTemplate(client: Client, server: PostgresUrls, template: string): Promise<void> {
  const making = `${template}_making`;
  await client.query(`DROP DATABASE IF EXISTS ${making} WITH (FORCE)`);
  await client.query(`CREATE DATABASE ${making} OWNER zantara_owner`);
  await migrate(computeUrls(server, making).ownerUrl);
  await client.query(`ALTER DATABASE ${making} RENAME TO ${template}`);
}

async function migrate(url: string): Promise<void> {
  const dataSource = new DataSource({ type: 'postgres', url, migrations: MIGRATIONS, migrationsTransactionMode: 'each' });
  await dataSource.initialize();
  try {
    await dataSource.runMigrations();
  } finally {
    await dataSource.destroy();
  }
}

function computeUrls(server: PostgresUrls, name: string): Omit<TestDatabase, 'name' | 'drop'> {
  const inDatabase = (url: string): string => Object.assign(new URL(url), { pathname: `/${name}` }).href;
  return {
    ownerUrl: inDatabase(server.ownerUrl),
    appUrl: inDatabase(server.url),
    analystUrl: inDatabase(server.analystUrl),
    superuserUrl: inDatabase(server.superuserUrl),
  };
}
