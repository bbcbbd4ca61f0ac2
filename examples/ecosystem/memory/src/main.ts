import { createServer } from 'node:http';
import { serve } from '../../runtime/src/serve.ts';
import { readConfig } from './config.ts';
import { EntryStore } from './entry-store.ts';
import { createHandler } from './handler.ts';

/** A small key-value service on Postgres, for Zantara to heal. */
const { port, database_url: databaseUrl } = readConfig();
const store = new EntryStore(databaseUrl);
const traffic = { isDraining: false };

serve(createServer(createHandler(store, traffic)), { name: 'memory', port, traffic, close: () => store.close() });
store.prepare().catch((error: unknown) => console.error(error instanceof Error ? error.message : error));
