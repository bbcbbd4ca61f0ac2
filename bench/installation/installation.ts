import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { AgentAddress } from '#libs/contracts';
import { freePort, PrivatePostgres, startPrivatePostgres, startTestNats, type TestNats } from '#libs/testing';
import { ORCHESTRATOR_FLAGS } from '../../scripts/launcher/programs.mjs';
import { Program } from './program.ts';

export interface InstallationOptions {
  /** Who gets a credential on NATS. */
  agents?: readonly Pick<AgentAddress, 'agentClass' | 'agentId'>[];
  /** Writes the catalogue once the servers are known, and answers its file; a catalogue of the agents alone unless given. */
  writeCatalogue?: (installation: Servers) => string | Promise<string>;
  /** In place of one like any other. */
  startPostgres?: () => Promise<PrivatePostgres>;
  /** For Node, beside those that the orchestrator always has. */
  nodeFlags?: readonly string[];
  /** How long an orchestrator may take to come up; a large catalogue is registered one by one. */
  readyWithinMs?: number;
  /** Orchestrators on the same servers, keys and catalogue; one unless told. */
  replicas?: number;
  /** What is special about one of them, counted from 0. */
  describeReplica?: (replica: number, servers: Servers) => Replica | Promise<Replica>;
}

/** How one orchestrator differs from what is usual. */
export interface Replica {
  /** Added to its environment: another way to the servers, for example. */
  env?: Readonly<Record<string, string>>;
  script?: string;
}

/** What runs before the orchestrator does. */
export interface Servers {
  /** Of this installation's own, removed when it stops. */
  dir: string;
  tenant: string;
  keyDir: string;
  postgres: PrivatePostgres;
  nats: TestNats;
}

const TENANT = 'bench';

/** A private installation on free ports: PostgreSQL, NATS and orchestrators, each of which may be killed and started again. */
export class Installation {
  private constructor(
    readonly servers: Servers,
    readonly orchestrators: readonly [Program, ...Program[]],
  ) {}

  static async start(options: InstallationOptions = {}): Promise<Installation> {
    const servers = await startServers(options);
    try {
      const installation = new Installation(servers, await createOrchestrators(servers, options));
      await installation.startOrchestrators();
      return installation;
    } catch (error) {
      await stopServers(servers);
      throw error;
    }
  }

  /** The first one, which is the only one unless told. */
  get orchestrator(): Program {
    return this.orchestrators[0];
  }

  /** Of the first orchestrator. */
  get url(): string {
    return this.orchestrator.url;
  }

  /** Of the log's database, as its owner. */
  get logUrl(): string {
    return this.servers.postgres.urls.ownerUrl;
  }

  async stop(): Promise<void> {
    await Promise.all(this.orchestrators.map((each) => each.stop()));
    await stopServers(this.servers);
  }

  /** All at once, as a machine does that comes up. */
  private async startOrchestrators(): Promise<void> {
    try {
      await Promise.all(this.orchestrators.map((each) => each.start()));
    } catch (error) {
      await Promise.all(this.orchestrators.map((each) => each.kill()));
      throw error;
    }
  }
}

async function createOrchestrators(servers: Servers, options: InstallationOptions): Promise<[Program, ...Program[]]> {
  const { agents = [], writeCatalogue, replicas = 1 } = options;
  const catalogue = (await writeCatalogue?.(servers)) ?? writeAgentsOnly(servers, agents);
  const create = (replica: number): Promise<Program> => createOrchestrator(servers, { ...options, replica, catalogue });
  const first = await create(0);
  const others = await Promise.all(Array.from({ length: replicas - 1 }, (_, n) => create(n + 1)));
  return [first, ...others];
}

async function createOrchestrator(
  servers: Servers,
  {
    describeReplica,
    nodeFlags = [],
    readyWithinMs,
    replica,
    catalogue,
  }: InstallationOptions & { replica: number; catalogue: string },
): Promise<Program> {
  const port = await freePort();
  const name = `orchestrator-${replica}`;
  const { env, script = 'dist/src/main.js' } = (await describeReplica?.(replica, servers)) ?? {};
  return new Program({
    name,
    script,
    nodeFlags: [...ORCHESTRATOR_FLAGS, ...nodeFlags],
    env: { ...environmentOf(servers, port, catalogue), ...env },
    logFile: join(servers.dir, 'logs', `${name}.log`),
    readyUrl: `http://127.0.0.1:${port}/health/ready`,
    ...(readyWithinMs === undefined ? {} : { readyWithinMs }),
  });
}

async function startServers({ agents = [], startPostgres = startPrivatePostgres }: InstallationOptions): Promise<Servers> {
  const dir = mkdtempSync(join(tmpdir(), 'zantara-installation-'));
  const keyDir = join(dir, 'keys');
  mkdirSync(keyDir);
  const [postgres, nats] = await Promise.allSettled([startPostgres(), startTestNats({ tenant: TENANT, agents })]);
  if (postgres.status === 'fulfilled' && nats.status === 'fulfilled') {
    return { dir, tenant: TENANT, keyDir, postgres: postgres.value, nats: nats.value };
  }
  if (postgres.status === 'fulfilled') await postgres.value.remove();
  if (nats.status === 'fulfilled') await nats.value.stop();
  throw postgres.status === 'rejected' ? postgres.reason : new Error('nats-server did not start', { cause: nats });
}

async function stopServers({ dir, postgres, nats }: Servers): Promise<void> {
  await nats.stop();
  await postgres.remove();
  rmSync(dir, { recursive: true, force: true });
}

function environmentOf({ postgres, nats, keyDir, tenant }: Servers, port: number, catalogue: string): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    NODE_ENV: 'production',
    PORT: String(port),
    DATABASE_URL: postgres.urls.url,
    MIGRATION_DATABASE_URL: postgres.urls.ownerUrl,
    NATS_URL: nats.url,
    NATS_NKEY_SEED_FILE: nats.seedFile('orchestrator'),
    TENANT: tenant,
    KEY_DIR: keyDir,
    CATALOGUE_FILE: catalogue,
    ADMIN_KEY_FILE: join(keyDir, 'admin.key'),
    ANONYMOUS_ROLE: 'analyst',
  };
}

function writeAgentsOnly({ dir }: Servers, agents: Exclude<InstallationOptions['agents'], undefined>): string {
  const file = join(dir, 'catalogue.yaml');
  const entries = agents.map(({ agentId, agentClass }) => ({ id: agentId, class: agentClass }));
  writeFileSync(file, stringify({ agents: entries, services: [] }));
  return file;
}
