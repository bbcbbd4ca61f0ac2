import { copyFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ended } from '../infra/process.mjs';
import { goodCopyOf } from '../launcher/example-services.mjs';

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

async function signalService(service, signal) {
  const pid = await service.findPid();
  if (pid === undefined) throw new NotRunningError(service.id);
  process.kill(pid, signal);
  return pid;
}

async function kill(service) {
  const pid = await signalService(service, 'SIGKILL');
  await ended(pid, DIES_WITHIN_MS);
  return pid;
}

/** It is gone, from one moment to the next. */
export const breakServiceDown = async (service) => ({ pid: await kill(service) });

/** It is stopped where it stands: the system goes on accepting connections for it, and nobody answers them. */
export const breakServiceHung = async (service) => ({ pid: await signalService(service, 'SIGSTOP') });

/** Its configuration file is spoiled, with the good one kept beside it, and it is killed: no later start can succeed. */
export async function breakConfig(service) {
  const { configFile: file } = service;
  const goodFile = goodCopyOf(file);
  if (!existsSync(goodFile)) copyFileSync(file, goodFile);
  writeFileSync(`${file}.next`, readFileSync(goodFile, 'utf8').replace(/^port: .*$/m, 'port: not-a-port'), { mode: 0o600 });
  renameSync(`${file}.next`, file);
  return { file, goodFile, pid: await kill(service) };
}

/** Kills it now and shortly after every start, until `signal` says enough. `onKill` hears each pid. Resolves with their number. */
export async function crashLoop(service, { signal, onKill = () => {} }) {
  let kills = 0;
  while (!signal.aborted) {
    const pid = await service.findPid();
    if (pid !== undefined) {
      if (kills > 0) await sleep(LIFE_MS);
      await kill(service).then(onKill, ignoreDead);
      kills += 1;
    }
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
  return kills;
}

/** It may have ended by itself in between. */
function ignoreDead(error) {
  if (!(error instanceof NotRunningError) && error.code !== 'ESRCH') throw error;
}
