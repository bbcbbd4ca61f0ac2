import { join } from 'node:path';
import { writeEcosystemFiles } from './ecosystem-files.mjs';
import { AGENT_SCRIPT, scriptOf, SERVICES, USERS } from './example-services.mjs';
import { findChild } from './leftovers.mjs';
import { answers, startProgram, startTogether } from './programs.mjs';

const UP_WITHIN_MS = 60_000;

/** The agents that need a credential on NATS. `suffix` stands at the end of every id, for services that nobody has seen before. */
export const ecosystemAgents = (suffix = '') =>
  SERVICES.map(({ role }) => ({ agentClass: 'service', agentId: `${role}-agent${suffix}` }));

/** Writes the catalogue and the configuration of every program, and starts nothing. */
export const prepareEcosystem = ({ suffix = '', ...place }) => writeEcosystemFiles({ ...place, suffix });

/**
 * Starts the agents, which start their services, and the users: each as soon as what it needs answers. Resolves when all answer;
 * when one doesn't come up, what was started is ended again. The orchestrator may come later.
 */
export async function startEcosystem(prepared, { env, logDir, signal }) {
  const failing = new AbortController();
  const programs = new Map();
  const context = { prepared, env, logDir, programs, signal: AbortSignal.any([signal, failing.signal]) };
  const ups = new Map();
  const begin = (name, needs, start) => {
    const up = startTogether(failing, async () => {
      await Promise.all(needs.map((need) => ups.get(need)));
      await start(name, context);
    });
    ups.set(name, up);
  };
  for (const { role, needs } of SERVICES) begin(role, needs, startService);
  begin(USERS, [...ups.keys()], startUsers);
  const failure = (await Promise.allSettled(ups.values())).find(({ status }) => status === 'rejected');
  if (failure !== undefined) {
    await stopAll(programs);
    throw failure.reason;
  }
  return {
    agents: prepared.agents.map((agent) => ({ ...agent, ...programs.get(agent.role) })),
    services: prepared.services.map((service) => ({ ...service, findPid: () => findServicePid(service.role, programs) })),
    users: { ...prepared.users, ...programs.get(USERS) },
    stop: () => stopAll(programs),
  };
}

const findServicePid = (role, programs) => findChild(programs.get(role).pid, scriptOf(role));

function startOwn(role, options, { env, logDir, signal, programs }) {
  signal.throwIfAborted();
  const program = startProgram({ ...options, env, logFile: join(logDir, `${options.name}.log`) });
  programs.set(role, program);
  return program;
}

/** Starts the agent, which starts the service. */
async function startService(role, context) {
  const agent = context.prepared.agents.find((entry) => entry.role === role);
  const service = context.prepared.services.find((entry) => entry.role === role);
  const program = startOwn(
    role,
    {
      name: agent.id,
      script: `dist/${AGENT_SCRIPT}`,
      args: ['--config', agent.configFile],
      stopWithinMs: 20_000, // it drains and stops the service first
    },
    context,
  );
  await answers(`${service.url}/health`, { program, withinMs: UP_WITHIN_MS, signal: context.signal });
}

async function startUsers(role, context) {
  const { users } = context.prepared;
  const program = startOwn(role, { name: role, script: `dist/${scriptOf(role)}`, args: [users.configFile] }, context);
  await answers(`${users.url}/health`, { program, withinMs: UP_WITHIN_MS, signal: context.signal });
}

/** The users first: what is taken away from them now is no loss. */
async function stopAll(programs) {
  await programs.get(USERS)?.stop();
  await Promise.all([...programs.values()].map(({ stop }) => stop()));
}
