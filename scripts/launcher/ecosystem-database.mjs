import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';

const loadPassword = (file) => {
  if (!existsSync(file)) writeFileSync(file, randomBytes(18).toString('hex'), { mode: 0o600, flag: 'wx' });
  return readFileSync(file, 'utf8').trim();
};

/** A database and a role of the example's own: it sees nothing of ours. Answers its URL. */
export async function ensureEcosystemDatabase({ superuserUrl, keyDir, suffix }) {
  const name = `example_memory${suffix.replaceAll('-', '_')}`;
  const password = loadPassword(join(keyDir, `example-database${suffix}.password`));
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    const { rows } = await client.query(
      'SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS role, EXISTS (SELECT FROM pg_database WHERE datname = $1) AS database',
      [name],
    );
    const verb = rows[0].role ? 'ALTER' : 'CREATE';
    await client.query(`${verb} ROLE ${name} LOGIN PASSWORD ${client.escapeLiteral(password)}`);
    if (!rows[0].database) await client.query(`CREATE DATABASE ${name} OWNER ${name}`);
    await client.query(`REVOKE CONNECT ON DATABASE ${name} FROM PUBLIC`);
  } finally {
    await client.end();
  }
  const url = new URL(superuserUrl);
  return Object.assign(url, { username: name, password, pathname: `/${name}` }).href;
}
