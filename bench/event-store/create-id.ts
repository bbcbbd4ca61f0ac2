import { randomFillSync } from 'node:crypto';
import { v4 as uuidv4, v7 as uuidv7 } from 'uuid';

const ID_BYTES = 16;
const pool = new Uint8Array(4_096 * ID_BYTES);
let used = pool.length;

/** One of 16 bytes each from a store of random bytes, as to ask the system for every one costs more than to append an event. */
function takeRandom(): Uint8Array {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += ID_BYTES;
  return pool.slice(used - ID_BYTES, used);
}

/** A UUID version 7: who is measured appends what has an id already. */
export const createId = (): string => uuidv7({ rng: takeRandom });

/** Version 4: in no order at all. */
export const createRandomId = (): string => uuidv4({ rng: takeRandom });
