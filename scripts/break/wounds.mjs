import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ended } from '../infra/process.mjs';
import { goodCopyOf } from '../launcher/example-services.mjs';
import { LauncherError } from '../launcher/options.mjs';

const POLL_MS = 50;
/** Long enough that the program has begun, too short that it was ever well. */
const LIFE_MS = 150;
const DIES_WITHIN_MS = 5_000;

/** Nobody is there to be broken. */
export class NotRunningError extends Error {
  constructor(id) {
    super(`${id} is not running now`);
  }
}

async function getPid(service) {
  const pid = await service.findPid();
  if (pid === undefined) throw new NotRunningError(service.id);
  return pid;
}

function sendTo({ id }, pid, signal) {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (error.code === 'ESRCH') throw new NotRunningError(id);
    if (error.code !== 'EPERM') throw error;
    throw new LauncherError(`${id} (pid ${pid}) can't be broken: it belongs to another user than the one who runs this`);
  }
}

async function kill(service, pid) {
  sendTo(service, pid, 'SIGKILL');
  await ended(pid, DIES_WITHIN_MS);
}

/** It is gone, from one moment to the next. */
export async function breakServiceDown(service) {
  const pid = await getPid(service);
  await kill(service, pid);
  return { pid };
}

/** It is stopped where it stands: the system goes on accepting connections for it, and nobody answers them. */
export async function breakServiceHung(service) {
  const pid = await getPid(service);
  sendTo(service, pid, 'SIGSTOP');
  return { pid };
}

/** Whole or not at all, since a start may read it at this moment. */
function replaceFile(file, content) {
  writeFileSync(`${file}.next`, content, { mode: 0o600 });
  renameSync(`${file}.next`, file);
}

/** Its configuration file is spoiled, with the good one kept beside it, and it is killed: no later start can succeed. */
export async function breakConfig(service) {
  const { configFile: file } = service;
  const goodFile = goodCopyOf(file);
  const pid = await getPid(service);
  const before = readFileSync(file, 'utf8');
  const isFirst = !existsSync(goodFile);
  if (isFirst) copyFileSync(file, goodFile);
  replaceFile(file, readFileSync(goodFile, 'utf8').replace(/^port: .*$/m, 'port: not-a-port'));
  try {
    await kill(service, pid);
  } catch (error) {
    replaceFile(file, before); // whoever is told that nothing was broken believes it
    if (isFirst) rmSync(goodFile);
    throw error;
  }
  return { file, goodFile, pid };
}

/** Kills it now and shortly after every start, until `signal` says enough. `onKill` hears each pid. Resolves with their number. */
export async function crashLoop(service, { signal, onKill = () => {} }) {
  const wait = (ms) => sleep(ms, undefined, { signal }).catch(() => undefined);
  let kills = 0;
  for (; !signal.aborted; await wait(POLL_MS)) {
    const pid = await service.findPid();
    if (pid === undefined) continue;
    if (kills > 0) await wait(LIFE_MS);
    if (signal.aborted || !(await tryKill(service, pid))) continue;
    kills += 1;
    onKill(pid);
  }
  return kills;
}

/** False when it has ended by itself in between: that was no kill of ours. */
async function tryKill(service, pid) {
  try {
    await kill(service, pid);
    return true;
  } catch (error) {
    if (error instanceof NotRunningError) return false;
    throw error;
  }
}
