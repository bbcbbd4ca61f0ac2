import { createHash } from 'node:crypto';

/** Which way of hashing this is. Hashes of another one can't be compared with these; the first didn't cover the time. */
export const CHAIN_HASH_VERSION = 2;

/** What the first chain row has as its previous hash. */
export const CHAIN_START: Buffer = Buffer.alloc(32);

export interface ChainLink {
  readonly position: number;
  readonly version: number;
  readonly leaf: Buffer;
}

/**
 * Hash of one committed batch: SHA-256 over the previous hash (32 bytes), the time of recording (8 bytes) and then, for each event
 * in order of position, its position and its version (8 bytes each) and its leaf hash (32 bytes). Numbers are big-endian with a sign.
 * The append function computes the same in SQL.
 *
 * @param recordedAtUs when the batch was recorded, in whole microseconds since 1970
 */
export function computeChainHash(previous: Buffer, recordedAtUs: number, links: readonly ChainLink[]): Buffer {
  const sha = createHash('sha256').update(previous).update(toInt8s(recordedAtUs));
  for (const { position, version, leaf } of links) sha.update(toInt8s(position, version)).update(leaf);
  return sha.digest();
}

function toInt8s(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(8 * values.length);
  // What is beyond eight bytes can only be forged, and only must not end the one who looks for it.
  for (const [index, value] of values.entries()) bytes.writeBigInt64BE(BigInt.asIntN(64, BigInt(value)), 8 * index);
  return bytes;
}
