import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { END_WITH_PARENT, log, root, runToEnd } from '../bootstrap.mjs';
import { environmentOf, hasProc, listProcesses, stopPid } from './process.mjs';

/** Other programs with the folder in their arguments are somebody looking into it. */
const PROGRAMS = new Set([basename(process.execPath), 'node', 'postgres', 'nats-server']);

/** For Node: so that what is run ends when we are killed, and its folder is removed all the same. The heir comes first, to be heard. */
export const END_WITH_RUN = ['--import', new URL('folder-heir.mjs', import.meta.url).href, ...END_WITH_PARENT];

function makeFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'zantara-run-'));
  chmodSync(folder, 0o755); // mkdtemp makes 0700: the postgres user must get through
  return folder;
}

/** By its arguments too: some programs are given a bare environment, and not every system shows it. */
const isOf = (folder, { pid, arguments: [command = '', ...args] }) =>
  environmentOf(pid)?.some((entry) => entry.includes(folder)) === true ||
  (PROGRAMS.has(basename(command)) && args.some((argument) => argument.includes(folder)));

/** A disk that a test had there, and was killed: it would keep the folder from being removed. */
function unmountBelow(folder) {
  const mounts = hasProc ? readFileSync('/proc/self/mounts', 'utf8').split('\n') : [];
  const places = mounts.map((line) => line.split(' ')[1] ?? '').filter((place) => place.startsWith(`${folder}/`));
  for (const place of places) spawnSync('umount', [place]);
}

/** Ends what runs from there, save ourselves, and removes it. */
export async function removeFolder(folder) {
  // Again, as a program that is ended may have started another one meanwhile.
  for (let round = 0; round < 3; round++) {
    const pids = listProcesses()
      .filter((other) => other.pid !== process.pid && isOf(folder, other))
      .map(({ pid }) => pid);
    if (pids.length > 0) log(`ending what was left running: ${pids.join(', ')}`);
    await Promise.all(pids.map((pid) => stopPid(pid, 'SIGINT', 2_000)));
  }
  unmountBelow(folder);
  rmSync(folder, { recursive: true, force: true });
}

/**
 * Runs Node with these arguments to its end. Everything that this run makes and starts has its place in a folder, which it is given
 * as TMPDIR: what still runs from there afterwards is ended, and the folder removed, however the run ended. Answers its exit status.
 */
export async function runInFolder(args, env = {}) {
  const folder = makeFolder();
  try {
    return await runToEnd(process.execPath, args, { cwd: root, env: { ...process.env, ...env, TMPDIR: folder } });
  } finally {
    await removeFolder(folder);
  }
}
