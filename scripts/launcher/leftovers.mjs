import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allPids, commandLine, environmentOf, hasProc, isNodeScript, sendSignal, stopPid } from '../infra/process.mjs';
import { AGENT_SCRIPT, scriptOf, SERVICES, USERS } from './example-services.mjs';

/** Others may run these programs too: only what was started for this state is ours. */
const isFor = (pid, stateDir) => !hasProc || environmentOf(pid).includes(`ZANTARA_STATE_DIR=${stateDir}`);

const program = (stateDir, { name, script, recordedAs = [name] }) => ({
  name,
  recordedAs,
  signal: 'SIGTERM',
  withinMs: 5_000,
  isOurs: (pid) => isNodeScript(pid, script) && isFor(pid, stateDir),
});

/** By its flag too: whoever looks into the file has it in his arguments as well. */
const server = (name, signal, flags) => ({
  name,
  recordedAs: [name],
  signal,
  withinMs: 10_000,
  isOurs: (pid) => commandLine(pid).join(' ').includes(flags),
});

/** In the order in which they are ended: whoever starts others comes before them. */
const programsOf = (stateDir) =>
  [
    { name: USERS, script: scriptOf(USERS) },
    { name: 'agent', script: AGENT_SCRIPT, recordedAs: SERVICES.map(({ role }) => `${role}-agent`) },
    ...SERVICES.map(({ role }) => ({ name: role, script: scriptOf(role) })),
    { name: 'orchestrator', script: 'dist/src/main.js' },
  ].map((entry) => program(stateDir, entry));

const serversOf = (stateDir) => [
  server('nats', 'SIGTERM', ` -c ${join(stateDir, 'nats/nats.conf')}`),
  server('postgres', 'SIGINT', ` -D ${join(stateDir, 'postgres/data')} `),
];

/** Where there is no /proc only what was written down can be found. */
function pidsOf({ recordedAs, isOurs }, run) {
  const candidates = hasProc ? allPids() : recordedAs.map((name) => run?.pids?.[name] ?? 0);
  return candidates.filter(isOurs);
}

async function end(parts, run, log) {
  for (const part of parts) {
    const endings = pidsOf(part, run).map((pid) => {
      log(`ending ${part.name}, pid ${pid}, left by a start that was killed`);
      return stopPid(pid, part.signal, part.withinMs);
    });
    await Promise.all(endings);
  }
}

/** Ends the programs that a killed launcher left behind. */
export const endLeftovers = (run, stateDir, log) => end(programsOf(stateDir), run, log);

/** Ends the servers that it left behind. A plain start takes them over instead. */
export const endLeftoverServers = (run, stateDir, log) => end(serversOf(stateDir), run, log);

/** Ends everything on this state at once, for somebody who doesn't want to wait any longer. */
export function killAll(run, stateDir) {
  for (const part of [...programsOf(stateDir), ...serversOf(stateDir)]) {
    for (const pid of pidsOf(part, run)) sendSignal(pid, 'SIGKILL');
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
