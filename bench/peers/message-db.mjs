import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import pg from 'pg';

const database = join(dirname(createRequire(import.meta.url).resolve('@eventide/message-db/package.json')), 'database');

/** In the order of its install.sh, which wants psql. Roles, privileges and views are no part of a write. */
const SCRIPTS = [
  'schema/message-store',
  'extensions/pgcrypto',
  'tables/messages',
  'types/message',
  ...['hash-64', 'category', 'acquire-lock', 'id', 'is-category', 'cardinal-id', 'stream-version', 'write-message'].map(
    (name) => `functions/${name}`,
  ),
  ...['messages-id', 'messages-stream', 'messages-category'].map((name) => `indexes/${name}`),
];
const WRITE = { name: 'write', text: 'SELECT message_store.write_message($1, $2, $3, $4, $5)' };

/** message-db, with a connection for each client. Each client writes to one stream, which is alone in its category. */
export async function openMessageDb(connectionString, clients) {
  const options = '-c search_path=message_store,public';
  const connections = Array.from({ length: clients }, () => new pg.Client({ connectionString, options }));
  for (const connection of connections) connection.on('error', (error) => console.error(error.message));
  await Promise.all(connections.map((connection) => connection.connect()));
  for (const script of SCRIPTS) await connections[0].query(readFileSync(join(database, `${script}.sql`), 'utf8'));
  return {
    appender({ type, takePayload, metadata, createId }) {
      const run = randomUUID().replaceAll('-', ''); // a category ends at the first dash
      return async (client) => {
        const values = [createId(), `bench${run}${client}-1`, type, JSON.stringify(takePayload()), JSON.stringify(metadata)];
        await connections[client].query({ ...WRITE, values });
      };
    },
    close: () => Promise.all(connections.map((connection) => connection.end())),
  };
}
