import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { SigningKeysBusyError } from '../healing.errors.ts';
import { type KeyRing, parseRing, type PublishedKey, renderRing } from './signing-key-ring.ts';

/** A private key and its public half, as it lies in a file. */
export interface StoredKey {
  readonly privateKey: KeyObject;
  readonly published: PublishedKey;
}

/** The key that signs, and the one that will. */
export type KeyRole = 'active' | 'next';

const FILES = { active: 'command-signing.pem', next: 'command-signing.next.pem' } as const;
const PUBLIC_FILE = 'command-signing.public.json';
const LOCK_FILE = 'command-signing.lock';
/** A change takes milliseconds, so whoever holds the lock for so long has died. */
const DEAD_LOCK_MS = 10_000;
const LOCK_TRIES = 20;
const LOCK_PAUSE_MS = 10;

/**
 * The directory of the signing keys. Every write is one renaming or one link, so that a reader, or the next start, finds the old
 * content or the new one.
 */
export class SigningKeyFiles {
  constructor(private readonly directory: string) {}

  pathOf(role: KeyRole): string {
    return join(this.directory, FILES[role]);
  }

  has(role: KeyRole): boolean {
    return existsSync(this.pathOf(role));
  }

  /** Differs when the file was replaced. @throws when there is none */
  versionOf(role: KeyRole): string {
    const { mtimeMs, size, ino } = statSync(this.pathOf(role));
    return `${mtimeMs} ${size} ${ino}`;
  }

  /** @throws when the file holds no Ed25519 key */
  read(role: KeyRole): StoredKey {
    const privateKey = createPrivateKey(readFileSync(this.pathOf(role)));
    // Any key would be loaded and would sign, with bytes that no agent accepts.
    if (privateKey.asymmetricKeyType !== 'ed25519')
      throw new TypeError(`the key is ${privateKey.asymmetricKeyType ?? 'symmetric'}`);
    const raw = rawPublicKey(privateKey);
    const keyId = createHash('sha256').update(raw).digest('hex').slice(0, 16);
    return { privateKey, published: { key_id: keyId, public_key: raw.toString('base64url') } };
  }

  /** Makes the key unless there is one. */
  ensure(role: KeyRole): void {
    if (this.has(role)) return;
    mkdirSync(this.directory, { recursive: true });
    const { privateKey } = generateKeyPairSync('ed25519');
    const staged = this.stage(FILES[role], privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 0o600);
    try {
      // Unlike a renaming, it never replaces a key that another process has made meanwhile.
      linkSync(staged, this.pathOf(role));
    } catch (error) {
      if (!this.has(role)) throw error;
    } finally {
      unlinkSync(staged);
    }
  }

  /** The next key becomes the one that signs; the one before is gone. */
  activateNext(): void {
    renameSync(this.pathOf('next'), this.pathOf('active'));
  }

  discardNext(): void {
    rmSync(this.pathOf('next'), { force: true });
  }

  readRing(): KeyRing {
    const file = join(this.directory, PUBLIC_FILE);
    return existsSync(file) ? parseRing(readFileSync(file, 'utf8')) : [];
  }

  writeRing(ring: KeyRing): void {
    renameSync(this.stage(PUBLIC_FILE, renderRing(ring), 0o644), join(this.directory, PUBLIC_FILE));
  }

  /**
   * Alone with the files, so that no writer undoes what another one, a revocation above all, has written.
   *
   * @throws SigningKeysBusyError
   */
  alone<T>(change: () => T): T {
    const lock = join(this.directory, LOCK_FILE);
    takeLock(lock);
    try {
      return change();
    } finally {
      rmSync(lock, { force: true });
    }
  }

  /** Under a name that no other process takes; a pid isn't enough, since every container begins with the same. */
  private stage(name: string, content: string, mode: number): string {
    const staged = join(this.directory, `${name}.${randomUUID()}.new`);
    writeFileSync(staged, content, { mode });
    return staged;
  }
}

/** Waits for whoever has it, as two programs may be started at once: it takes them milliseconds. */
function takeLock(lock: string): void {
  removeDeadLock(lock);
  for (let tries = 1; ; tries += 1) {
    try {
      return closeSync(openSync(lock, 'wx'));
    } catch (error) {
      if (tries === LOCK_TRIES) throw new SigningKeysBusyError(lock, error);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOCK_PAUSE_MS);
    }
  }
}

function removeDeadLock(lock: string): void {
  try {
    if (Date.now() - statSync(lock).mtimeMs > DEAD_LOCK_MS) rmSync(lock, { force: true });
  } catch {
    // There is none, which is as it should be.
  }
}

/** The 32 bytes at the end of the SPKI form (RFC 8410). */
function rawPublicKey(privateKey: KeyObject): Buffer {
  return createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).subarray(-32);
}
