import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { freePorts } from '#libs/testing';
import { allPids, commandLine } from '../../scripts/infra/process.mjs';
import { blurt, secretOf } from '../agents/planted-secret.ts';
import type { Servers } from '../installation/installation.ts';
import { Program } from '../installation/program.ts';
import { ReportLedger } from './report-ledger.ts';
import type { ReporterConfig } from './reporter-config.ts';

/** What an agent watches, on a port that it has for good. */
export interface WatchedService {
  readonly id: string;
  readonly url: string;
  /** Where it writes down each start of its own. */
  readonly startsFile: string;
}

/** A host program with an agent inside, and services that the agent watches. */
export interface Reporter {
  agentId: string;
  services: readonly [WatchedService, ...WatchedService[]];
  stateDir: string;
  program: Program;
  ledger: ReportLedger;
}

export interface ReporterOptions {
  agentId: string;
  /** Between two reports; none are made unless given. */
  intervalMs?: number;
  /** How many; one unless told. */
  services?: number;
  /** How its services are looked at; unless told often, or hardly at all where it reports. */
  health?: object;
  /** Another way to NATS. */
  natsUrl?: string;
  /** Actions on a service in an hour, by the agent's own floor. */
  maxActionsPerHour?: number;
}

const loader = `--disable-warning=ExperimentalWarning --conditions=source --import ${resolve('scripts/typescript-loader.mjs')}`;

export async function createReporter(servers: Servers, options: ReporterOptions): Promise<Reporter> {
  const { dir } = servers;
  const { agentId, intervalMs, services: count = 1 } = options;
  const [agentPort = 0, ...ports] = await freePorts(Array.from({ length: count + 1 }, () => 0));
  const [first, ...others] = ports.map((port, n) => describeService(dir, `${agentId}-service-${n}`, port));
  if (first === undefined) throw new Error('an agent without a service');
  const services = [first, ...others] as const;
  const stateDir = join(dir, agentId);
  const ledgerFile = join(dir, `${agentId}.ledger`);
  const configFile = join(dir, `${agentId}.json`);
  const agent = agentConfig(servers, { ...options, services, agentPort, stateDir });
  const config: ReporterConfig = { source: `backend-${first.id}`, intervalMs, ledgerFile, secret: secretOf(agentId), agent };
  writeFileSync(configFile, JSON.stringify(config));
  const program = new Program({
    name: agentId,
    script: 'bench/outages/reporter.main.ts',
    args: [configFile],
    env: { PATH: process.env['PATH'], TMPDIR: process.env['TMPDIR'], NODE_OPTIONS: loader },
    logFile: join(dir, 'logs', `${agentId}.log`),
    readyUrl: `http://127.0.0.1:${agentPort}/readyz`,
  });
  return { agentId, services, stateDir, program, ledger: new ReportLedger(ledgerFile) };
}

const describeService = (dir: string, id: string, port: number): WatchedService => ({
  id,
  url: `http://127.0.0.1:${port}`,
  startsFile: join(dir, `${id}.starts`),
});

/** Ends a service as kill -9 does, unless it is down already. It is found by its port, which no other installation has. */
export function killService({ id, url }: WatchedService): boolean {
  const { port } = new URL(url);
  const pid = allPids().find((candidate) => [id, port].every((argument) => commandLine(candidate).includes(argument)));
  return pid !== undefined && process.kill(pid, 'SIGKILL');
}

const WATCHED = { interval_ms: 2_000, timeout_ms: 2_000 };
/** So that a busy machine doesn't make the agent report by itself: what is counted are the reports of its host. */
const LEFT_ALONE = { interval_ms: 10_000, timeout_ms: 10_000, unhealthy_after: 100 };

interface AgentPlace extends Omit<ReporterOptions, 'services'> {
  services: readonly WatchedService[];
  agentPort: number;
  stateDir: string;
}

function agentConfig({ tenant, keyDir, nats }: Servers, place: AgentPlace): ReporterConfig['agent'] {
  const { agentId, services, agentPort, stateDir, intervalMs, natsUrl = nats.url, maxActionsPerHour = 5 } = place;
  const health = place.health ?? (intervalMs === undefined ? WATCHED : LEFT_ALONE);
  return {
    tenant,
    agent_id: agentId,
    nats_url: natsUrl,
    nkey_seed_file: nats.seedFile(agentId),
    orchestrator_keys_file: join(keyDir, 'command-signing.public.json'),
    state_dir: stateDir,
    heartbeat_interval_ms: 1_000,
    local_endpoint: { port: agentPort },
    // Five minutes of reports and more.
    outbox: { max_items: 100_000, max_bytes: 268_435_456 },
    services: services.map(({ id, url, startsFile }) => ({
      id,
      process: {
        command: process.execPath,
        // Its id is read by nobody but whoever looks for the process, and so is where it belongs.
        args: [resolve('bench/outages/worker.mjs'), new URL(url).port, id],
        port: Number(new URL(url).port),
        env: { STARTS_FILE: startsFile, LAST_WORDS: blurt(secretOf(agentId)) },
        inherit_env: ['TMPDIR'],
        on_agent_stop: 'stop',
        // It says little; a longer outbox would be shortened sooner, and then tells less.
        evidence_lines: 2,
      },
      health: { url: `${url}/health`, ...health },
      max_actions_per_hour: maxActionsPerHour,
    })),
  };
}
