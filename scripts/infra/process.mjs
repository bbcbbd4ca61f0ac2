import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const isRoot = process.getuid?.() === 0;
export const hasProc = existsSync('/proc/self/environ');
const PS_OUTPUT_BYTES = 2 ** 24;

/** Runs, or is at least not yet buried: a zombie doesn't count. */
export const alive = (pid) => {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
  return !isZombie(pid);
};

const pidsInProc = () => readdirSync('/proc').map(Number).filter(Number.isInteger);

/** Reads only what is asked for, since somebody who looks for one process would wait for what hundreds were started with. */
const listFromProc = () =>
  pidsInProc().map((pid) => ({
    pid,
    get parent() {
      return parentOf(pid);
    },
    get arguments() {
      return commandLine(pid);
    },
  }));

const splitCommand = (command) => command.trim().split(/\s+/).filter(Boolean);

/** The same where there is no /proc. An argument with a space in it comes as two. */
export function listFromPs() {
  const columns = ['pid=', 'ppid=', 'command='].flatMap((column) => ['-o', column]);
  const { stdout } = spawnSync('ps', ['-axww', ...columns], { encoding: 'utf8', maxBuffer: PS_OUTPUT_BYTES });
  return [...(stdout ?? '').matchAll(/^ *(\d+) +(\d+) +(.*)$/gm)].map(([, pid, parent, command]) => ({
    pid: Number(pid),
    parent: Number(parent),
    arguments: splitCommand(command),
  }));
}

/** Every process on this machine, also those that nobody has written down. */
export const listProcesses = hasProc ? listFromProc : listFromPs;

export const allPids = () => listProcesses().map(({ pid }) => pid);

/** The arguments of a running process, so that a recorded pid that was given to another program is not mistaken for ours. */
export const commandLine = (pid) => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean);
  } catch {
    if (hasProc) return [];
    return splitCommand(spawnSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '');
  }
};

/** The variables that a process was started with, as NAME=value; undefined where they can't be seen. */
export const environmentOf = (pid) => {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter(Boolean);
  } catch {
    return undefined;
  }
};

/** Whether these are the arguments of `node ... <script> ...`. */
export const runsScript = (args, script) => args.some((arg) => arg.endsWith(script));

export const isNodeScript = (pid, script) => runsScript(commandLine(pid), script);

export const onPath = (name, extra = []) => {
  for (const directory of [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', ...extra]) {
    const path = join(directory, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // next
    }
  }
  return undefined;
};

/** Waits until the process has ended; false when it hasn't in time. */
export async function ended(pid, withinMs) {
  for (const end = Date.now() + withinMs; ; await sleep(10)) {
    if (!alive(pid)) return true;
    if (Date.now() >= end) return false;
  }
}

export const sendSignal = (pid, name) => {
  try {
    process.kill(pid, name);
  } catch {
    // it has ended
  }
};

/** Asks a process to end, and makes it end when it doesn't. */
export async function stopPid(pid, name, withinMs = 10_000) {
  sendSignal(pid, name);
  if (await ended(pid, withinMs)) return;
  sendSignal(pid, 'SIGKILL');
  await ended(pid, 5_000);
}

/** State, parent and so on: what stands behind the name, which may hold anything. None when there is no such process. */
function statusOf(pid) {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return line.slice(line.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}

const parentOf = (pid) => Number(statusOf(pid)[1] ?? Number.NaN);

/** A dead process that its parent has not yet taken notice of. */
export const isZombie = (pid) => statusOf(pid)[0] === 'Z';
