import { readdirSync, readFileSync } from 'node:fs';

interface ProcessStat {
  readonly state: string;
  readonly processGroup: number;
  readonly threads: number;
  /** Clock ticks since the machine started: tells a process from a later one with the same pid. */
  readonly startTime: string;
}

/** What the kernel says of a process; `undefined` when there is none, or no /proc. */
export function readProcessStat(pid: number): ProcessStat | undefined {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold anything, spaces and parentheses included. See proc(5).
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
    return {
      state: fields[0] ?? '',
      processGroup: Number(fields[2]),
      threads: Number(fields[17]),
      startTime: fields[19] ?? '',
    };
  } catch {
    return undefined;
  }
}

/**
 * A process that has not ended. A zombie has, and its parent only hasn't asked yet; but one of which threads are left still holds
 * its files and ports.
 */
export function isProcessAlive(pid: number, startTime?: string): boolean {
  const stat = readProcessStat(pid);
  if (stat === undefined) return startTime === undefined && process.platform !== 'linux' && answersSignal(pid);
  const hasEnded = (stat.state === 'Z' || stat.state === 'X') && stat.threads <= 1;
  return !hasEnded && (startTime === undefined || stat.startTime === startTime);
}

function answersSignal(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The processes whose environment holds this entry, which their descendants inherit. One that has ended holds nothing. */
export const findProcesses = (environmentEntry: string): number[] =>
  listPids().filter((pid) => readEnvironment(pid).includes(environmentEntry));

/** The one of them that leads its group; how a child is found whose pid was not written down. */
export const findGroupLeader = (environmentEntry: string): number | undefined =>
  findProcesses(environmentEntry).find((pid) => readProcessStat(pid)?.processGroup === pid);

/** Everything alive in a process group. */
export const findGroupMembers = (group: number): number[] =>
  listPids().filter((pid) => readProcessStat(pid)?.processGroup === group && isProcessAlive(pid));

function listPids(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

function readEnvironment(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
