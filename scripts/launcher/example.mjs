import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../bootstrap.mjs';
import { freePort } from '../infra/process.mjs';
import { ensureExampleDatabase } from './example-database.mjs';
import { findChild } from './leftovers.mjs';
import { answers, startProgram } from './programs.mjs';
import { renderTemplate } from './template.mjs';

export const EXAMPLE_AGENT = { agentClass: 'service', agentId: 'memory-agent' };
const SERVICE_SCRIPT = 'examples/ecosystem/memory/src/main.js';
const TEMPLATES = 'examples/ecosystem';

/** The ports of the last time when they are free, so that the catalogue, which the log keeps, doesn't change at each start. */
async function choosePorts(file) {
  const last = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const ports = { service: await freePort(last.service), agent: await freePort(last.agent) };
  writeFileSync(file, JSON.stringify(ports));
  return ports;
}

/** Writes the example's files before the orchestrator starts, which reads the catalogue. */
export async function prepareExample({ stateDir, keyDir, publicKeysFile, superuserUrl, natsUrl, seedFile, tenant }) {
  const dir = join(stateDir, 'example');
  mkdirSync(dir, { recursive: true });
  const ports = await choosePorts(join(dir, 'ports.json'));
  const values = {
    NATS_URL: natsUrl,
    NATS_NKEY_SEED_FILE: seedFile,
    TENANT: tenant,
    AGENT_ID: EXAMPLE_AGENT.agentId,
    PUBLIC_KEYS_FILE: publicKeysFile,
    STATE_DIR: join(dir, EXAMPLE_AGENT.agentId),
    SERVICE_PORT: ports.service,
    AGENT_PORT: ports.agent,
    SERVICE_SCRIPT: join(root, 'dist', SERVICE_SCRIPT),
    NODE: process.execPath,
    DATABASE_URL: await ensureExampleDatabase(superuserUrl, join(keyDir, 'example-database.password')),
  };
  const files = { catalogue: join(dir, 'catalogue.yaml'), agent: join(dir, `${EXAMPLE_AGENT.agentId}.yaml`) };
  writeFileSync(files.catalogue, renderTemplate(join(root, TEMPLATES, 'catalogue.yaml'), values));
  writeFileSync(files.agent, renderTemplate(join(root, TEMPLATES, 'memory/agent.template.yaml'), values), { mode: 0o600 });
  return { files, url: `http://127.0.0.1:${ports.service}` };
}

/** Starts the agent, which starts the service, and waits until that answers. */
export async function startExample({ prepared, env, logFile, signal }) {
  const agent = startProgram({
    name: 'agent',
    script: 'dist/libs/service-agent/src/main.js',
    args: ['--config', prepared.files.agent],
    env,
    logFile,
    stopWithinMs: 20_000, // it drains and stops the service first
  });
  try {
    await answers(`${prepared.url}/health`, { program: agent, withinMs: 20_000, signal });
    return { agent, servicePid: await serviceOf(agent.pid) };
  } catch (error) {
    await agent.stop();
    throw error;
  }
}

async function serviceOf(agentPid) {
  for (let i = 0; i < 40; i++, await sleep(25)) {
    const pid = findChild(agentPid, SERVICE_SCRIPT);
    if (pid !== undefined) return pid;
  }
  return undefined;
}
