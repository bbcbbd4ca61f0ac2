import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { alive, commandLine } from '../infra/process.mjs';

/** What renaming a folder to one that is there says: POSIX has two names for it, Windows a third. */
const TAKEN = new Set(['ENOTEMPTY', 'EEXIST', 'EPERM']);

const holderOf = (lock) => {
  try {
    return Number(readFileSync(join(lock, 'pid'), 'utf8'));
  } catch {
    return undefined;
  }
};

/** A pid alone proves nothing: after a restart of the machine or container it is another program's, or even our own. */
const isOneOfUs = (pid) =>
  pid !== process.pid && alive(pid) && commandLine(pid).some((arg) => /(^|\/)(scripts\/[\w-]+\.mjs|jest\.js)$/.test(arg));

const nameBeside = (lock) => `${lock}.${randomUUID()}`;

/** Removes the lock of this holder. Moved aside first: of all who want that only one can, and a new lock is noticed and put back. */
export function removeLock(lock, holder) {
  if (holderOf(lock) !== holder) return;
  const aside = nameBeside(lock);
  try {
    renameSync(lock, aside);
  } catch {
    return; // somebody was quicker
  }
  if (holderOf(aside) === holder) rmSync(aside, { recursive: true });
  else renameSync(aside, lock);
}

/** Makes the lock with its holder's name already in it; false when there is one. */
function makeLock(lock) {
  const made = nameBeside(lock);
  mkdirSync(made, { recursive: true });
  writeFileSync(join(made, 'pid'), String(process.pid));
  try {
    renameSync(made, lock);
    return true;
  } catch (error) {
    rmSync(made, { recursive: true });
    if (!TAKEN.has(error.code)) throw error;
    return false;
  }
}

/** The lock is given back at the latest when the process exits. */
function signOff(lock) {
  const release = () => {
    process.off('exit', release);
    removeLock(lock, process.pid);
  };
  process.on('exit', release);
  return { release };
}

/** Takes the lock (a folder, since a full one can't be replaced) or answers the pid of who has it. A dead holder's lock is void. */
export function tryLock(lock) {
  for (;;) {
    const holder = holderOf(lock);
    if (isOneOfUs(holder)) return { holder };
    if (holder !== undefined) removeLock(lock, holder);
    if (makeLock(lock)) return signOff(lock);
  }
}

/** Runs `task` while nobody else runs one under the same lock. */
export async function withLock(lock, log, task) {
  let attempt = tryLock(lock);
  if (attempt.release === undefined) log(`waiting for pid ${attempt.holder}, which holds ${lock}`);
  while (attempt.release === undefined) {
    await sleep(100);
    attempt = tryLock(lock);
  }
  try {
    return await task();
  } finally {
    attempt.release();
  }
}
