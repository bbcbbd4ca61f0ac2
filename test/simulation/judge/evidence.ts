import { createHash } from 'node:crypto';
import type { CheckOptions, LogEvidence } from '#libs/testing';
import { READ_MODELS } from '../../../src/read-models.ts';
import type { World } from '../world.ts';

/** What the log checker needs to know of a world, as it is now. */
export async function collectEvidence(world: World, options: CheckOptions): Promise<LogEvidence> {
  const { database, readSide, homes } = world;
  const { log } = database.store;
  const records = log.records.map(({ recordedAt, position, stream, version, id, type, schemaVersion, payload, metadata }) => ({
    position,
    stream,
    version,
    id,
    type,
    schemaVersion,
    payload,
    metadata,
    recordedAtMs: recordedAt.getTime(),
  }));
  const chain = log.chain.map(({ firstPosition, lastPosition, recordedAt, previousHash, hash, leaves }) => ({
    firstPosition,
    lastPosition,
    recordedAtUs: recordedAt.getTime() * 1_000,
    previousHash: previousHash.toString('hex'),
    hash: hash.toString('hex'),
    leaves: leaves.toString('hex'),
  }));
  const readModels = {
    incidents: readSide.rows('incidents'),
    services: readSide.rows('services'),
    fix_timers: readSide.rows('fix_timers'),
    fixes: readSide.rows('fixes'),
    decisions: readSide.rows('decisions'),
  };
  return {
    readAtMs: database.now().getTime(),
    head: { position: log.headPosition, chainHash: log.chainHash.toString('hex') },
    streamHeads: new Map(records.map(({ stream, version }) => [stream, version])),
    checkpoints: await collectCheckpoints(world),
    readModels,
    secretPlaces: [],
    ledgers: homes.map(({ ledger }) => ledger.evidence),
    options,
    records,
    chain,
  };
}

async function collectCheckpoints({ database, readSide }: World): Promise<ReadonlyMap<string, number>> {
  const own = await database.checkpoints.loadAll();
  const ofReadModels = READ_MODELS.map(({ name }): [string, number] => [`read-model:${name}`, readSide.position]);
  // Nobody publishes the feed in a simulated world.
  return new Map([...own, ...ofReadModels, ['feed', database.store.log.headPosition]]);
}

/** Of everything that the log holds: runs that took the same course have the same. */
export function computeDigest({ database }: World): string {
  const hash = createHash('sha256');
  for (const { position, stream, id, type, payload, metadata, recordedAt } of database.store.log.records)
    hash.update(JSON.stringify([position, stream, id, type, payload, metadata, recordedAt.getTime()]));
  return hash.digest('hex');
}
