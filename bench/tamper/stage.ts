import { Client, type Pool } from 'pg';
import { type Anchor, CHAIN_HASH_VERSION, createPool, PostgresEventStore, verifyLog, type VerifyReport } from '#libs/event-store';
import { buildAppend, buildEvents, createTestDatabase, type Random, type TestDatabase } from '#libs/testing';
import type { PostgresUrls } from '../../scripts/infra/postgres.mjs';
import { loadLog, saveLog, type StoredLog } from './stored-log.ts';

/** A real log with anchors, whose owner may do with it what he likes. */
export interface Stage {
  readonly log: StoredLog;
  readonly anchors: readonly Anchor[];
  verify(): Promise<VerifyReport>;
  /** Puts another log in the place of this one. */
  replace(log: StoredLog): Promise<void>;
  close(): Promise<void>;
}

const ROUNDS = 40;
const ROUNDS_ANCHORED = 32;

export async function openStage(random: Random, server?: PostgresUrls): Promise<Stage> {
  const database = await createTestDatabase(server);
  const anchors = await write(database, random);
  const pool = createPool({ connectionString: database.appUrl, maxConnections: 2 });
  const owner = new Client({ connectionString: database.ownerUrl });
  await owner.connect();
  return {
    log: await loadLog(owner),
    anchors,
    verify: () => verifyLog({ pool, anchors }),
    replace: (log) => saveLog(owner, log),
    close: () => close(owner, pool, database),
  };
}

async function close(owner: Client, pool: Pool, database: TestDatabase): Promise<void> {
  await owner.end();
  await pool.end();
  await database.drop();
}

/** Batches of one event and of many, on a few streams; an anchor now and then, and none for the last ones. */
async function write({ appUrl }: TestDatabase, random: Random): Promise<Anchor[]> {
  const store = new PostgresEventStore({ connectionString: appUrl });
  const anchors: Anchor[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const appends = Array.from({ length: 1 + random.below(6) }, () => `s-${random.below(5)}`);
    await Promise.all(appends.map((stream) => store.append(buildAppend(stream, 'any', buildEvents(1 + random.below(4))))));
    if (round < ROUNDS_ANCHORED && round % 4 === 3) anchors.push(await takeAnchor(store));
  }
  await store.close();
  return anchors;
}

async function takeAnchor(store: PostgresEventStore): Promise<Anchor> {
  const { position, chainHash, recordedAt } = await store.head();
  return {
    logId: await store.logId(),
    position,
    hashVersion: CHAIN_HASH_VERSION,
    chainHash,
    recordedAt: recordedAt?.toISOString() ?? '',
  };
}
