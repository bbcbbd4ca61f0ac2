import { chmodSync, mkdtempSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allPids, commandLine, environmentOf, stopPid } from './process.mjs';

/** Everything that one run of the tests makes and starts has its place in this folder, which it is given as TMPDIR. */
export function makeRunFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'zantara-tests-'));
  chmodSync(folder, 0o755); // mkdtemp makes 0700: the postgres user must get through
  return folder;
}

const isNode = (pid) => {
  try {
    return readlinkSync(`/proc/${pid}/exe`) === process.execPath;
  } catch {
    return false;
  }
};

/** Some specs give their programs a bare environment; other programs with the folder in their arguments are somebody looking. */
const isOf = (folder, pid) =>
  environmentOf(pid).some((entry) => entry.includes(folder)) ||
  (isNode(pid) && commandLine(pid).some((argument) => argument.includes(folder)));

/** Jest skips its global teardown on a signal, and may be killed: what still runs from there is ended here. */
export async function removeRunFolder(folder, log) {
  // Again, as a program that is ended may have started another one meanwhile.
  for (let round = 0; round < 3; round++) {
    const pids = allPids().filter((pid) => isOf(folder, pid));
    if (pids.length > 0) log(`ending what the tests left running: ${pids.join(', ')}`);
    await Promise.all(pids.map((pid) => stopPid(pid, 'SIGINT', 2_000)));
  }
  rmSync(folder, { recursive: true, force: true });
}
