import { setTimeout as delay } from 'node:timers/promises';
import { findGroupMembers, findProcesses, isProcessAlive, readProcessStat } from './process-stat.ts';

export interface EndedProcess {
  /** Stood in its environment, and so stands in that of everything that it has started. */
  readonly environmentEntry: string;
  /** It led the process group of this number. */
  readonly pid: number | undefined;
  /** Only then is the number of the group surely still its own. */
  readonly hasJustEnded: boolean;
}

const POLL_MS = 10;
/** What the kernel doesn't let go isn't waited for without end. */
const LONGEST_WAIT_MS = 5_000;

/**
 * Kills what a process has left behind, which would still hold the port, and waits until nothing is left. It is found by its
 * environment, so nobody is hit who got a number of theirs since. Where there is no /proc only the group is left to go by.
 */
export async function endRemains(ended: EndedProcess): Promise<void> {
  const deadline = performance.now() + LONGEST_WAIT_MS;
  const isLeft = readProcessStat(process.pid) === undefined ? () => killGroup(ended) : createSweep(ended);
  while (isLeft() && performance.now() < deadline) await delay(POLL_MS);
}

const killGroup = ({ pid, hasJustEnded }: EndedProcess): boolean => hasJustEnded && pid !== undefined && kill(-pid);

/** One round: kills, and tells whether anything is left. Round by round, as what is being killed may just have started another. */
function createSweep({ environmentEntry, pid: group, hasJustEnded }: EndedProcess): () => boolean {
  // A dying process has lost its environment before it lets its port go.
  const dying = new Map<number, string | undefined>();
  return () => {
    const found = [...findProcesses(environmentEntry), ...(hasJustEnded && group !== undefined ? findGroupMembers(group) : [])];
    for (const pid of found) {
      dying.set(pid, readProcessStat(pid)?.startTime);
      kill(pid);
    }
    for (const [pid, startTime] of dying) if (!isProcessAlive(pid, startTime)) dying.delete(pid);
    return dying.size > 0;
  };
}

/** False when nobody is there, or nobody that may be killed from here. */
function kill(target: number): boolean {
  try {
    return process.kill(target, 'SIGKILL');
  } catch {
    return false;
  }
}
