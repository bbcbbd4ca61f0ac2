import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../bootstrap.mjs';
import { ensureEcosystemDatabase } from './ecosystem-database.mjs';
import { chooseEcosystemPorts } from './ecosystem-ports.mjs';
import { GATEWAY, goodCopyOf, scriptOf, SERVICES, USERS } from './example-services.mjs';
import { renderTemplate } from './template.mjs';

const SOURCES = join(root, 'examples/ecosystem');

const urlOf = (port) => `http://127.0.0.1:${port}`;

function writeFrom(template, file, values) {
  writeFileSync(file, renderTemplate(join(SOURCES, template), values), { mode: 0o600 });
  rmSync(goodCopyOf(file), { force: true });
  return file;
}

/** Writes all files of the ecosystem into `dir` and says where each part will be found; the orchestrator reads the catalogue. */
export async function writeEcosystemFiles({ dir, suffix, seedFileOf, ...place }) {
  mkdirSync(dir, { recursive: true });
  const ports = await chooseEcosystemPorts(join(dir, 'ports.json'));
  const everywhere = {
    NATS_URL: place.natsUrl,
    TENANT: place.tenant,
    PUBLIC_KEYS_FILE: place.publicKeysFile,
    NODE: process.execPath,
    SUFFIX: suffix,
    DOCUMENTS_DIR: join(SOURCES, 'rag/documents'),
    DATABASE_URL: await ensureEcosystemDatabase({ ...place, suffix }),
    ...Object.fromEntries(SERVICES.map(({ role }) => [`${role.toUpperCase()}_URL`, urlOf(ports[role])])),
  };
  const parts = SERVICES.map((service) => writeServiceFiles({ service, dir, suffix, seedFileOf, ports, everywhere }));
  const usersFile = join(dir, `${USERS}${suffix}.yaml`);
  return {
    catalogueFile: writeFrom('catalogue.yaml', join(dir, `catalogue${suffix}.yaml`), everywhere),
    agents: parts.map(({ agent }) => agent),
    services: parts.map(({ service }) => service),
    users: {
      url: urlOf(ports[USERS]),
      configFile: writeFrom(`${USERS}/config.template.yaml`, usersFile, { ...everywhere, SERVICE_PORT: ports[USERS] }),
    },
  };
}

/** The gateway counts what it passes on, so that others than a service's own agent speak of it. */
function exposuresSeenBy(role, { suffix, url }) {
  if (role !== GATEWAY) return [{ service: `${role}${suffix}`, url: `${url}/exposures` }];
  const upstreams = SERVICES.filter((service) => service.role !== GATEWAY);
  return upstreams.map((service) => ({ service: `${service.role}${suffix}`, url: `${url}/exposures/${service.role}` }));
}

function writeServiceFiles({ service: { role }, dir, suffix, seedFileOf, ports, everywhere }) {
  const [id, agentId] = [`${role}${suffix}`, `${role}-agent${suffix}`];
  const agentPort = ports[`${role}-agent`];
  const files = { service: join(dir, `${id}.yaml`), agent: join(dir, `${agentId}.yaml`) };
  const values = {
    ...everywhere,
    SERVICE_ID: id,
    SERVICE_PORT: ports[role],
    SERVICE_SCRIPT: join(root, 'dist', scriptOf(role)),
    SERVICE_CONFIG: files.service,
    AGENT_ID: agentId,
    AGENT_PORT: agentPort,
    NATS_NKEY_SEED_FILE: seedFileOf(agentId),
    STATE_DIR: join(dir, agentId),
    EXPOSURES: JSON.stringify(exposuresSeenBy(role, { suffix, url: urlOf(ports[role]) })),
  };
  return {
    service: {
      role,
      id,
      url: urlOf(ports[role]),
      port: ports[role],
      configFile: writeFrom(`${role}/config.template.yaml`, files.service, values),
    },
    agent: {
      id: agentId,
      role,
      /** Answers 200 when the agent hears the orchestrator. */
      readyUrl: `${urlOf(agentPort)}/readyz`,
      configFile: writeFrom('runtime/agent.template.yaml', files.agent, values),
    },
  };
}
