import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { alive, commandLine } from '../infra/process.mjs';

/** A lock whose holder hasn't written its pid after this time died in between. */
const UNSIGNED_MS = 5_000;

const holderOf = (lock) => {
  try {
    return Number(readFileSync(join(lock, 'pid'), 'utf8'));
  } catch {
    return 0;
  }
};

/** A pid alone proves nothing: after a restart of the machine or container it is another program's, or even our own. */
const isOneOfUs = (pid) =>
  pid !== process.pid && alive(pid) && commandLine(pid).some((arg) => /(^|\/)(scripts\/[\w-]+\.mjs|jest\.js)$/.test(arg));

const isHeld = (lock, holder) => {
  if (holder > 0) return isOneOfUs(holder);
  try {
    return Date.now() - statSync(lock).mtimeMs < UNSIGNED_MS;
  } catch {
    return false;
  }
};

/** The lock is given back at the latest when the process exits. */
function signOff(lock) {
  const release = () => {
    process.off('exit', release);
    rmSync(lock, { recursive: true, force: true });
  };
  process.on('exit', release);
  return { release };
}

/** Takes the lock (a folder, since making one is atomic) or answers the pid of who has it. A dead holder's lock is void. */
export function tryLock(lock) {
  mkdirSync(dirname(lock), { recursive: true });
  for (;;) {
    try {
      mkdirSync(lock);
      writeFileSync(join(lock, 'pid'), String(process.pid));
      return signOff(lock);
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = holderOf(lock);
    if (isHeld(lock, holder)) return { holder };
    rmSync(lock, { recursive: true, force: true });
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
