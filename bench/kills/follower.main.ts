import { PostgresCheckpoints, PostgresEventStore, runSubscription } from '#libs/event-store';
import { FollowLedger } from './follow-ledger.ts';

/** Follows the log from a checkpoint, and writes down what it sees. */
const [databaseUrl = '', ledgerFile = '', name = ''] = process.argv.slice(2);
const ledger = new FollowLedger(ledgerFile);
const store = new PostgresEventStore({ connectionString: databaseUrl });
const ending = new AbortController();
process.once('SIGTERM', () => ending.abort());

await runSubscription({
  store,
  checkpoints: new PostgresCheckpoints(store.pool),
  name,
  handle: (events) => ledger.note(events),
  onError: () => undefined, // tried again, for ever
  signal: ending.signal,
  pollMs: 50,
}).stopped;
await store.close();
