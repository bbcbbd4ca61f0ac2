// The least that takes reports in: a pull consumer, one insert for each message, and then its acknowledgement.
import { readFileSync } from 'node:fs';
import { jetstream } from '@nats-io/jetstream';
import { connect, nkeyAuthenticator } from '@nats-io/transport-node';
import { Client } from 'pg';
import type { ReportEnvelope } from '#libs/contracts/schemas';
import { BARE_STREAM } from './bare-loop.ts';

const [servers = '', seedFile = '', connectionString = ''] = process.argv.slice(2);
const authenticator = nkeyAuthenticator(new TextEncoder().encode(readFileSync(seedFile, 'utf8').trim()));
const nats = await connect({ servers, authenticator });
const database = new Client({ connectionString });
await database.connect();
await database.query('CREATE TABLE reports (id uuid PRIMARY KEY, report text NOT NULL)');
const INSERT = { name: 'insert', text: 'INSERT INTO reports SELECT * FROM unnest($1::uuid[], $2::text[])' };

const consumer = await jetstream(nats).consumers.get(BARE_STREAM, BARE_STREAM);
const messages = await consumer.consume();
process.send?.(0);
let stored = 0;
for await (const message of messages) {
  const { items } = message.json<ReportEnvelope>();
  await database.query({ ...INSERT, values: [items.map(({ error }) => error.id), items.map((item) => JSON.stringify(item))] });
  message.ack();
  stored += items.length;
  process.send?.(stored);
}
