import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { freePorts } from '#libs/testing';
import type { Servers } from '../installation/installation.ts';
import { Program } from '../installation/program.ts';
import { ReportLedger } from './report-ledger.ts';
import type { ReporterConfig } from './reporter-config.ts';

/** A host program with an agent inside, and a service that the agent watches, on ports that they have for good. */
export interface Reporter {
  agentId: string;
  serviceId: string;
  serviceUrl: string;
  stateDir: string;
  program: Program;
  ledger: ReportLedger;
}

export interface ReporterOptions {
  agentId: string;
  /** Between two reports; none are made unless given. */
  intervalMs?: number;
}

const loader = `--disable-warning=ExperimentalWarning --conditions=source --import ${resolve('scripts/typescript-loader.mjs')}`;

export async function createReporter(servers: Servers, { agentId, intervalMs }: ReporterOptions): Promise<Reporter> {
  const { dir } = servers;
  const serviceId = `${agentId}-service`;
  const [servicePort = 0, agentPort = 0] = await freePorts([0, 0]);
  const serviceUrl = `http://127.0.0.1:${servicePort}`;
  const stateDir = join(dir, agentId);
  const ledgerFile = join(dir, `${agentId}.ledger`);
  const configFile = join(dir, `${agentId}.json`);
  const health = intervalMs === undefined ? WATCHED : LEFT_ALONE;
  const agent = agentConfig(servers, { agentId, serviceId, servicePort, agentPort, stateDir, health });
  const config: ReporterConfig = { source: `backend-${serviceId}`, intervalMs, ledgerFile, agent };
  writeFileSync(configFile, JSON.stringify(config));
  const program = new Program({
    name: agentId,
    script: 'bench/outages/reporter.main.ts',
    args: [configFile],
    env: { PATH: process.env['PATH'], TMPDIR: process.env['TMPDIR'], NODE_OPTIONS: loader },
    logFile: join(dir, 'logs', `${agentId}.log`),
    readyUrl: `http://127.0.0.1:${agentPort}/readyz`,
  });
  return { agentId, serviceId, serviceUrl, stateDir, program, ledger: new ReportLedger(ledgerFile) };
}

const WATCHED = { interval_ms: 2_000, timeout_ms: 2_000 };
/** So that a busy machine doesn't make the agent report by itself: what is counted are the reports of its host. */
const LEFT_ALONE = { interval_ms: 10_000, timeout_ms: 10_000, unhealthy_after: 100 };

interface AgentPlace {
  agentId: string;
  serviceId: string;
  servicePort: number;
  agentPort: number;
  stateDir: string;
  health: object;
}

function agentConfig({ tenant, keyDir, nats }: Servers, place: AgentPlace): ReporterConfig['agent'] {
  const { agentId, serviceId, servicePort, agentPort, stateDir, health } = place;
  return {
    tenant,
    agent_id: agentId,
    nats_url: nats.url,
    nkey_seed_file: nats.seedFile(agentId),
    orchestrator_keys_file: join(keyDir, 'command-signing.public.json'),
    state_dir: stateDir,
    heartbeat_interval_ms: 1_000,
    local_endpoint: { port: agentPort },
    // Five minutes of reports and more.
    outbox: { max_items: 100_000, max_bytes: 268_435_456 },
    services: [
      {
        id: serviceId,
        process: {
          command: process.execPath,
          // Its id is read by nobody but whoever looks for the process, and so is where it belongs.
          args: [resolve('bench/outages/worker.mjs'), String(servicePort), serviceId],
          port: servicePort,
          inherit_env: ['TMPDIR'],
          on_agent_stop: 'stop',
        },
        health: { url: `http://127.0.0.1:${servicePort}/health`, ...health },
      },
    ],
  };
}
