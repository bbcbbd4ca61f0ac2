import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { ZantaraError } from '#libs/contracts';
import { type AppendRequest, type NewEvent, PostgresEventStore } from '#libs/event-store';
import { AppendLedger, type Sent } from './append-ledger.ts';

/** Appends without a pause from many senders, and keeps a ledger. What a kill left without an answer it sends again first. */
const SENDERS = 16;
const STREAMS = 5;
const RETRY_MS = 50;

const [databaseUrl = '', ledgerFile = ''] = process.argv.slice(2);
const ledger = new AppendLedger(ledgerFile);
// Shorter than a server takes to come back, so that senders meet every kind of failure.
const store = new PostgresEventStore({ connectionString: databaseUrl, limits: { giveUpAfterMs: 200 } });
let isEnding = false;

const buildSent = (n: number): Sent => ({
  name: uuidv7(),
  stream: `kills-${n % STREAMS}`,
  isKeyed: n % 2 === 0,
  eventIds: Array.from({ length: 1 + (n % 3) }, () => uuidv7()),
});

/** The same for the same, so that it may be sent again by another process. */
function toRequest({ name, stream, isKeyed, eventIds }: Sent): AppendRequest {
  const events = eventIds.map((id, index): NewEvent => {
    const data = { name, index };
    return { id, type: 'ThingHappened', schemaVersion: 1, data, metadata: { actor: 'kills' } };
  });
  const contentHash = createHash('sha256').update(name).digest('hex');
  return {
    ...(isKeyed ? { idempotency: { scope: 'kills', key: name, contentHash } } : {}),
    writes: [{ stream, expected: 'any', events }],
  };
}

/** The same request until it is answered: that is what makes it safe. */
async function appendSurely(sent: Sent): Promise<void> {
  for (;;) {
    const result = await store.append(toRequest(sent)).catch((error: unknown) => {
      if (error instanceof ZantaraError && error.retryable) return undefined;
      throw error;
    });
    if (result?.status === 'conflict') throw new Error(`refused: ${JSON.stringify(result.conflict)}`);
    if (result !== undefined) return ledger.noteAcknowledged(sent, result);
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

async function send(sender: number): Promise<void> {
  for (let n = sender; !isEnding; n += 1) {
    const sent = buildSent(n);
    ledger.noteSent(sent);
    await appendSurely(sent);
  }
}

process.once('SIGTERM', () => (isEnding = true));
await Promise.all([...ledger.readOpen().map(appendSurely), ...Array.from({ length: SENDERS }, (_, sender) => send(sender))]);
await store.close();
