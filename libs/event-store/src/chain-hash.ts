import { createHash } from 'node:crypto';

/** What the first chain row has as its previous hash. */
export const CHAIN_START: Buffer = Buffer.alloc(32);

export interface ChainLink {
  readonly position: number;
  readonly version: number;
  readonly leaf: Buffer;
}

/**
 * Hash of one committed batch: SHA-256 over the previous hash (32 bytes) and then, for each event in order of position, its
 * position and its version (8 bytes each, big-endian) and its leaf hash (32 bytes). The append function computes the same in SQL.
 */
export function computeChainHash(previous: Buffer, links: readonly ChainLink[]): Buffer {
  const sha = createHash('sha256').update(previous);
  for (const { position, version, leaf } of links) {
    const numbers = Buffer.alloc(16);
    numbers.writeBigInt64BE(BigInt(position), 0);
    numbers.writeBigInt64BE(BigInt(version), 8);
    sha.update(numbers).update(leaf);
  }
  return sha.digest();
}
