import { randomFillSync } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';

const ID_BYTES = 16;
const pool = new Uint8Array(1_024 * ID_BYTES);
let used = pool.length;

/** From a store, as to ask the system for 16 bytes takes as long as to encode an event. Each is used once. */
function takeRandom(): Uint8Array {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += ID_BYTES;
  return pool.slice(used - ID_BYTES, used);
}

/** A UUID of version 7: by its time it goes to the end of an index. */
export const createEventId = (): string => uuidv7({ rng: takeRandom });
