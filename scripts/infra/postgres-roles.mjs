import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import pg from 'pg';

const ROLES = ['superuser', 'zantara_owner', 'zantara_app', 'zantara_analyst'];
const SUPERUSER = 'postgres';
export const DATABASE = 'zantara';

/** One password per role, made once and kept beside the data. */
export function loadPasswords(file, hasData) {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  if (hasData) throw new Error(`${file} is missing but its database exists: put it back, or clear the state with --fresh`);
  const passwords = Object.fromEntries(ROLES.map((role) => [role, randomBytes(18).toString('base64url')]));
  writeFileSync(file, JSON.stringify(passwords), { mode: 0o600 });
  chmodSync(file, 0o600);
  return passwords;
}

export function computeUrls(passwords, port) {
  const url = (role, database = DATABASE) =>
    `postgres://${role === 'superuser' ? SUPERUSER : role}:${passwords[role]}@127.0.0.1:${port}/${database}`;
  return {
    url: url('zantara_app'),
    ownerUrl: url('zantara_owner'),
    analystUrl: url('zantara_analyst'),
    superuserUrl: url('superuser', 'postgres'),
  };
}

/** Makes what only a superuser can: the login roles and the database. Does nothing that was done before. */
export async function createRoles(passwords, port) {
  const client = new pg.Client({ connectionString: computeUrls(passwords, port).superuserUrl });
  client.on('error', () => {});
  await client.connect();
  try {
    for (const role of ROLES.slice(1)) await createRole(client, role, passwords[role]);
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE} OWNER zantara_owner`);
  } finally {
    await client.end();
  }
}

async function createRole(client, role, password) {
  const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
  const rights = role === 'zantara_owner' ? 'LOGIN CREATEROLE' : 'LOGIN';
  await client.query(`${rowCount === 0 ? 'CREATE' : 'ALTER'} ROLE ${role} ${rights} PASSWORD '${password}'`);
}
