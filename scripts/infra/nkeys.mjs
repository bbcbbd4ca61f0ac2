import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createUser, fromSeed } from '@nats-io/nkeys';

/** The NATS user called `name`: its key is made once and kept in `<dir>/<name>.nk`, readable by its owner only. */
export function ensureNkey(dir, name) {
  const seedFile = join(dir, `${name}.nk`);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  if (!existsSync(seedFile)) {
    const seed = new TextDecoder().decode(createUser().getSeed());
    writeFileSync(seedFile, seed, { mode: 0o600, flag: 'wx' });
  }
  chmodSync(seedFile, 0o600);
  const seed = readFileSync(seedFile, 'utf8').trim();
  return { name, seedFile, publicKey: fromSeed(new TextEncoder().encode(seed)).getPublicKey() };
}
