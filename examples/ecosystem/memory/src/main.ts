import { createServer } from 'node:http';
import { readConfig } from './config.ts';
import { EntryStore } from './entry-store.ts';
import { createHandler } from './handler.ts';

/** A small key-value service on Postgres, for Zantara to heal. */
const config = readConfig();
const store = new EntryStore(config.databaseUrl);
const traffic = { isDraining: false };
const server = createServer(createHandler(store, traffic));

/** Takes nothing new, finishes what is under way, ends. */
async function drainAndEnd(): Promise<void> {
  if (traffic.isDraining && !server.listening) return;
  traffic.isDraining = true;
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  await closed;
  await store.close();
  console.log('drained');
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void drainAndEnd());

server.once('error', (error) => {
  console.error(error.message);
  process.exit(1);
});
server.listen(config.port, '127.0.0.1', () => console.log(`memory listens on port ${config.port}`));
store.prepare().catch((error: unknown) => console.error(error instanceof Error ? error.message : error));
