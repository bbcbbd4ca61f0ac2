import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse, stringify } from 'yaml';
import type { TestDatabase, TestNats } from '#libs/testing';

export interface TestSystemOptions {
  /** Ids of the services beside each other under one agent. */
  services: readonly string[];
  /** How long a service takes to begin listening, in milliseconds. */
  startDelayMs?: number;
  /** Which services each one needs. */
  dependsOn?: Readonly<Record<string, readonly string[]>>;
  /** Services that may not be healed without a person. */
  notHealed?: readonly string[];
}

/** Where the parts of an installation are. */
export interface SystemParts {
  dir: string;
  log: TestDatabase;
  entries: TestDatabase;
  nats: TestNats;
  agentId: string;
  ports: { orchestrator: number; services: ReadonlyMap<string, number> };
}

export const TENANT = 'test';

/** What orchestrator and agent read at their start. */
export function writeConfiguration(
  parts: SystemParts,
  { startDelayMs = 0, dependsOn = {}, notHealed = [] }: TestSystemOptions,
): void {
  const { dir, entries, nats, agentId, ports } = parts;
  mkdirSync(join(dir, 'agent'));
  const services = [...ports.services].map(([id, port]) => ({ id, port, url: `http://127.0.0.1:${port}` }));
  const catalogue = {
    // Of so few a tenth is one: these specs break several at a time.
    policy: [{ scope: 'global', settings: { blast_radius_share: 1 } }],
    agents: [{ id: agentId, class: 'service' }],
    services: services.map(({ id, url }) => ({
      id,
      probe_url: `${url}/health`,
      single_replica: true,
      depends_on: [...(dependsOn[id] ?? [])],
      owner_agent: agentId,
      autonomy: notHealed.includes(id) ? 'off' : 'auto',
    })),
  };
  const agent = {
    tenant: TENANT,
    agent_id: agentId,
    nats_url: nats.url,
    nkey_seed_file: nats.seedFile(agentId),
    orchestrator_keys_file: join(dir, 'keys', 'command-signing.public.json'),
    state_dir: join(dir, 'agent'),
    heartbeat_interval_ms: 500,
    services: services.map(({ id, port, url }) => ({
      id,
      process: {
        command: process.execPath,
        args: [resolve('test/system/fixture-service.mjs'), join(dir, `${id}.yaml`)],
        port,
        on_agent_stop: 'stop',
        env: {
          SERVICE_MAIN: resolve('dist/examples/ecosystem/memory/src/main.js'),
          LEDGER: join(dir, `${id}.ledger`),
          BROKEN_FLAG: join(dir, `${id}.broken`),
          START_DELAY_MS: String(startDelayMs),
        },
      },
      health: { url: `${url}/health`, interval_ms: 1000, timeout_ms: 900 },
      restart: { drain_url: `${url}/drain`, drain_timeout_ms: 3000 },
    })),
  };
  for (const { id, port } of services) {
    writeFileSync(join(dir, `${id}.yaml`), stringify({ port, database_url: entries.ownerUrl }));
  }
  writeFileSync(join(dir, 'catalogue.yaml'), stringify(catalogue));
  writeFileSync(join(dir, 'agent.yaml'), stringify(agent));
}

/** Changes how the agent starts one of its services, from the next start of the agent on. */
export function changeServiceEnvironment(dir: string, serviceId: string, env: Readonly<Record<string, string>>): void {
  const file = join(dir, 'agent.yaml');
  const config = parse(readFileSync(file, 'utf8')) as { services: { id: string; process: { env: Record<string, string> } }[] };
  const service = config.services.find(({ id }) => id === serviceId);
  if (service === undefined) throw new Error(`there is no service ${serviceId}`);
  Object.assign(service.process.env, env);
  writeFileSync(file, stringify(config));
}
