import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StateDirectoryInUseError } from '../service-agent.errors.ts';
import { isProcessAlive, readProcessStat } from './process-stat.ts';

const MAX_ATTEMPTS = 10;

/**
 * Keeps a second agent away from the same state: two would each run the commands of the other. The lock of an agent that is
 * gone is taken over. It appears at once with its content, as the link to a file that was written before: an empty one would
 * look like that of a dead agent.
 *
 * @throws StateDirectoryInUseError
 */
export function lockStateDirectory(directory: string): { release: () => void } {
  const path = join(directory, 'agent.lock');
  const own = `${path}.${randomUUID()}`;
  writeFileSync(own, `${process.pid} ${readProcessStat(process.pid)?.startTime ?? ''}`, { mode: 0o600 });
  try {
    for (let attempt = 1; !isLinked(own, path); attempt++) {
      const holder = readLock(path);
      if (holder?.isAlive === true || attempt === MAX_ATTEMPTS) throw new StateDirectoryInUseError(directory, holder?.pid ?? 0);
      if (holder !== undefined) clearStale(path, holder);
    }
    return { release: () => rmSync(path, { force: true }) };
  } finally {
    rmSync(own);
  }
}

/** False when somebody has the lock. */
function isLinked(own: string, path: string): boolean {
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

interface Lock {
  readonly content: string;
  readonly pid: number;
  readonly isAlive: boolean;
}

/** `undefined` when it has just been released. */
function readLock(path: string): Lock | undefined {
  try {
    const content = readFileSync(path, 'utf8');
    const [pid = '', startTime = ''] = content.split(' ');
    const isAlive = /^\d+$/.test(pid) && isProcessAlive(Number(pid), startTime === '' ? undefined : startTime);
    return { content, pid: Number(pid), isAlive };
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Moved away first: another agent may have put its own lock in the place of the stale one, which then goes back. */
function clearStale(path: string, stale: Lock): void {
  const moved = `${path}.${randomUUID()}`;
  try {
    renameSync(path, moved);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  if (readFileSync(moved, 'utf8') !== stale.content) isLinked(moved, path);
  rmSync(moved);
}

const hasCode = (error: unknown, code: string): boolean => error instanceof Error && 'code' in error && error.code === code;
