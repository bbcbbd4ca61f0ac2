import { openSync, closeSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { StateDirectoryInUseError } from '../service-agent.errors.ts';
import { isProcessAlive, readProcessStat } from './process-stat.ts';

/**
 * Keeps a second agent away from the same state: two would each run the commands of the other. The lock of an agent that is
 * gone is taken over.
 *
 * @throws StateDirectoryInUseError
 */
export function lockStateDirectory(directory: string): { release: () => void } {
  const path = join(directory, 'agent.lock');
  for (let attempt = 1; ; attempt++) {
    try {
      const file = openSync(path, 'wx', 0o600);
      writeSync(file, `${process.pid} ${readProcessStat(process.pid)?.startTime ?? ''}`);
      closeSync(file);
      return { release: () => rmSync(path, { force: true }) };
    } catch (error) {
      if (!isFileExists(error) || attempt > 3) throw error;
      const holder = readHolder(path);
      if (holder !== undefined && isProcessAlive(holder.pid, holder.startTime)) {
        throw new StateDirectoryInUseError(directory, holder.pid);
      }
      rmSync(path, { force: true });
    }
  }
}

function readHolder(path: string): { pid: number; startTime?: string } | undefined {
  const [pid = '', startTime = ''] = readFileSync(path, 'utf8').split(' ');
  if (!/^\d+$/.test(pid)) return undefined;
  return { pid: Number(pid), ...(startTime === '' ? {} : { startTime }) };
}

const isFileExists = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EEXIST';
