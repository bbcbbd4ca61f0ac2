import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine, isNodeScript, stopPid } from '../infra/process.mjs';

/** Programs of ours by their script, in the order in which they are ended. */
const SCRIPTS = {
  agent: 'libs/service-agent/src/main.js',
  example: 'examples/ecosystem/memory/src/main.js',
  orchestrator: 'dist/src/main.js',
};

const ownerOf = (pid) => {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8')
      .split('\0')
      .find((line) => line.startsWith('ZANTARA_STATE_DIR='))
      ?.slice('ZANTARA_STATE_DIR='.length);
  } catch {
    return undefined;
  }
};

/** Every process where there is /proc, which also shows what was restarted after the run file was written. */
function allPids() {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** Ends what a killed launcher left behind. Only what is surely ours: the recorded pid still runs the recorded script. */
export async function endLeftovers(run, stateDir, log) {
  for (const [name, script] of Object.entries(SCRIPTS)) {
    const recorded = run?.pids?.[name];
    const pids = new Set(allPids().filter((pid) => isNodeScript(pid, script) && ownerOf(pid) === stateDir));
    if (recorded !== undefined && isNodeScript(recorded, script)) pids.add(recorded);
    for (const pid of pids) {
      log(`ending ${name}, pid ${pid}, left by a start that was killed`);
      await stopPid(pid, 'SIGTERM', 5_000);
    }
  }
}

/** Ends the servers that run on these files. A plain start takes them over instead. */
export async function endLeftoverServers(stateDir, log) {
  const servers = [
    { name: 'nats', file: join(stateDir, 'nats/nats.conf'), signal: 'SIGTERM' },
    { name: 'postgres', file: join(stateDir, 'postgres/data'), signal: 'SIGINT' },
  ];
  for (const { name, file, signal } of servers) {
    for (const pid of allPids().filter((candidate) => commandLine(candidate).includes(file))) {
      log(`ending ${name}, pid ${pid}, left by a start that was killed`);
      await stopPid(pid, signal);
    }
  }
}

const parentOf = (pid) => {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
};

/** The process with this script that the given one started. */
export const findChild = (parentPid, script) => allPids().find((pid) => parentOf(pid) === parentPid && isNodeScript(pid, script));
