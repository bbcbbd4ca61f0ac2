import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import pg from 'pg';

const NAME = 'example_memory';

const loadPassword = (file) => {
  if (!existsSync(file)) writeFileSync(file, randomBytes(18).toString('hex'), { mode: 0o600, flag: 'wx' });
  return readFileSync(file, 'utf8').trim();
};

/** A database and a role of the example's own: it sees nothing of ours. Answers its URL. */
export async function ensureExampleDatabase(superuserUrl, passwordFile) {
  const password = loadPassword(passwordFile);
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    const { rows } = await client.query(
      'SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS role, EXISTS (SELECT FROM pg_database WHERE datname = $1) AS database',
      [NAME],
    );
    const verb = rows[0].role ? 'ALTER' : 'CREATE';
    await client.query(`${verb} ROLE ${NAME} LOGIN PASSWORD ${client.escapeLiteral(password)}`);
    if (!rows[0].database) await client.query(`CREATE DATABASE ${NAME} OWNER ${NAME}`);
    await client.query(`REVOKE CONNECT ON DATABASE ${NAME} FROM PUBLIC`);
  } finally {
    await client.end();
  }
  const url = new URL(superuserUrl);
  return Object.assign(url, { username: NAME, password, pathname: `/${NAME}` }).href;
}
