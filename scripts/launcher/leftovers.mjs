import { join, sep } from 'node:path';
import { environmentOf, listProcesses, runsScript, sendSignal, stopPid } from '../infra/process.mjs';
import { AGENT_SCRIPT, scriptOf, SERVICES, USERS } from './example-services.mjs';

const THIS_MACHINE = { listProcesses, environmentOf };

const hasArgument = (process, part) => process.arguments.join(' ').includes(part);

/**
 * Others may run these programs too: only what was started for this state is ours. Where no environment can be seen, it is what
 * was given a file of the state, or was written down: the orchestrator is given none.
 */
function isFor(process, { run, stateDir, machine }) {
  const environment = machine.environmentOf(process.pid);
  if (environment !== undefined) return environment.includes(`ZANTARA_STATE_DIR=${stateDir}`);
  return hasArgument(process, ` ${stateDir}${sep}`) || Object.values(run?.pids ?? {}).includes(process.pid);
}

const program = (name, script) => ({
  name,
  signal: 'SIGTERM',
  withinMs: 5_000,
  isOurs: (process, place) => runsScript(process.arguments, script) && isFor(process, place),
});

/** By its flag too: whoever looks into the file has it in his arguments as well. */
const server = (name, signal, flags) => ({
  name,
  signal,
  withinMs: 10_000,
  isOurs: (process) => hasArgument(process, flags),
});

/** In the order in which they are ended: whoever starts others comes before them. */
const PROGRAMS = [
  program(USERS, scriptOf(USERS)),
  program('agent', AGENT_SCRIPT),
  ...SERVICES.map(({ role }) => program(role, scriptOf(role))),
  program('orchestrator', 'dist/src/main.js'),
];

const serversOf = (stateDir) => [
  server('nats', 'SIGTERM', ` -c ${join(stateDir, 'nats/nats.conf')}`),
  server('postgres', 'SIGINT', ` -D ${join(stateDir, 'postgres/data')} `),
];

/** Looked for anew for each part: an agent may just have started its service. */
const pidsOf = ({ isOurs }, place) =>
  place.machine
    .listProcesses()
    .filter((process) => isOurs(process, place))
    .map(({ pid }) => pid);

async function end(parts, place, log) {
  for (const part of parts) {
    const endings = pidsOf(part, place).map((pid) => {
      log(`ending ${part.name}, pid ${pid}, left by a start that was killed`);
      return stopPid(pid, part.signal, part.withinMs);
    });
    await Promise.all(endings);
  }
}

/** Ends the programs that a killed launcher left behind. */
export const endLeftovers = (run, stateDir, log, machine = THIS_MACHINE) => end(PROGRAMS, { run, stateDir, machine }, log);

/** Ends the servers that it left behind. A plain start takes them over instead. */
export const endLeftoverServers = (run, stateDir, log, machine = THIS_MACHINE) =>
  end(serversOf(stateDir), { run, stateDir, machine }, log);

/** Ends everything on this state at once, for somebody who doesn't want to wait any longer. */
export function killAll(run, stateDir, machine = THIS_MACHINE) {
  for (const part of [...PROGRAMS, ...serversOf(stateDir)]) {
    for (const pid of pidsOf(part, { run, stateDir, machine })) sendSignal(pid, 'SIGKILL');
  }
}

/** The process with this script that the given one started. */
export const findChild = (parentPid, script, processes = listProcesses()) =>
  processes.find((process) => process.parent === parentPid && runsScript(process.arguments, script))?.pid;
