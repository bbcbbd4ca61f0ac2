import { SigningKeyError, SigningKeyInUseError, SigningKeyUnknownError } from '../healing.errors.ts';
import type { SigningKeyFiles } from './signing-key-files.ts';
import { announceKey, dropRetired, findKey, type KeyRing, revokeKey, succeedKey } from './signing-key-ring.ts';

export interface Rotation {
  readonly from: string;
  readonly to: string;
  /** When the earlier key is no longer published. */
  readonly retiresAt: string;
}

/** @throws SigningKeyError when there is none yet, or none that can be used */
export function readActiveId(files: SigningKeyFiles): string {
  try {
    return files.read('active').published.key_id;
  } catch (error) {
    throw new SigningKeyError(files.pathOf('active'), error);
  }
}

/** Publishes the key that the next rotation will sign with, and leaves everything else as it is. Returns its id. @throws SigningKeyError */
export function prepareKey(files: SigningKeyFiles): string {
  readActiveId(files);
  return files.alone(() => {
    files.ensure('next');
    const { published } = files.read('next');
    files.writeRing(announceKey(files.readRing(), published));
    return published.key_id;
  });
}

/**
 * Lets a new key sign: the one that was prepared, or one that is made now. It is published before it signs, and the earlier one
 * stays published for the overlap. Killed in between, it has changed nothing that matters, and the next call goes on from there.
 *
 * @throws SigningKeyError
 */
export function rotateKey(files: SigningKeyFiles, times: { nowMs: number; overlapMs: number }): Rotation {
  readActiveId(files);
  return files.alone(() => {
    files.ensure('next');
    const { published: next } = files.read('next');
    const keyId = readActiveId(files);
    const retiresAt = new Date(times.nowMs + times.overlapMs).toISOString();
    files.writeRing(dropRetired(succeedKey(files.readRing(), next, { keyId, retiresAt }), next.key_id, times.nowMs));
    files.activateNext();
    return { from: keyId, to: next.key_id, retiresAt };
  });
}

/**
 * Agents refuse what it signed, from their next look into the file.
 *
 * @throws SigningKeyUnknownError | SigningKeyInUseError
 */
export function revokePublishedKey(files: SigningKeyFiles, keyId: string): void {
  assertRevocable(files, keyId);
  files.alone(() => {
    assertRevocable(files, keyId);
    // One that never signed must not begin to.
    if (files.has('next') && files.read('next').published.key_id === keyId) files.discardNext();
    files.writeRing(revokeKey(files.readRing(), keyId));
  });
}

/** @throws SigningKeyUnknownError | SigningKeyInUseError */
export function assertRevocable(files: SigningKeyFiles, keyId: string): void {
  if (findKey(files.readRing(), keyId) === undefined) throw new SigningKeyUnknownError(keyId);
  if (readActiveId(files) === keyId) throw new SigningKeyInUseError(keyId);
}

/** Takes the keys out whose overlap is over. Returns what is published then. */
export function retireKeys(files: SigningKeyFiles, activeId: string, nowMs: number): KeyRing {
  const published = files.readRing();
  if (dropRetired(published, activeId, nowMs).length === published.length) return published;
  return files.alone(() => {
    const ring = dropRetired(files.readRing(), activeId, nowMs);
    files.writeRing(ring);
    return ring;
  });
}
