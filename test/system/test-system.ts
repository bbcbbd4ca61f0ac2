import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { z } from 'zod';
import type { IncidentDetail, ServiceSummary } from '#libs/contracts';
import { IncidentDetailSchema, IncidentPageSchema, LogEventPageSchema, ServicePageSchema } from '#libs/contracts/schemas';
import {
  createEmptyDatabase,
  createTestDatabase,
  freePorts,
  loadSettledEvidence,
  type LogEvidence,
  readAgentLedger,
  startTestNats,
  waitUntil,
  withClient,
} from '#libs/testing';
import { ChildProgram } from './child-program.ts';
import {
  changeServiceEnvironment,
  type SystemParts,
  TENANT,
  type TestSystemOptions,
  writeConfiguration,
} from './configuration-files.ts';

/** A whole installation on a fresh log: orchestrator, agent and services as processes, real Postgres, real NATS. */
export class TestSystem {
  orchestrator: ChildProgram;
  private agent: ChildProgram;

  private constructor(private readonly parts: SystemParts) {
    this.orchestrator = this.spawnOrchestrator();
    this.agent = this.spawnAgent();
  }

  static async start(options: TestSystemOptions): Promise<TestSystem> {
    const agentId = `${options.services[0] ?? 'no'}-agent`;
    const dir = mkdtempSync(join(tmpdir(), 'zantara-system-'));
    const [log, entries, nats] = await Promise.all([
      createTestDatabase(),
      createEmptyDatabase(),
      startTestNats({ tenant: TENANT, agents: [{ agentClass: 'service', agentId }] }),
    ]);
    const [orchestrator = 0, ...servicePorts] = await freePorts([0, ...options.services.map(() => 0)]);
    const services = new Map(options.services.map((id, index) => [id, servicePorts[index] ?? 0]));
    const parts: SystemParts = { dir, log, entries, nats, agentId, ports: { orchestrator, services } };
    writeConfiguration(parts, options);
    const system = new TestSystem(parts);
    try {
      await waitUntil(async () => (await system.services()).every(({ state }) => state === 'healthy'), {
        withinMs: 60_000,
        everyMs: 50,
      });
      return system;
    } catch (error) {
      // Programs that nobody ends would keep the test run from ending.
      await system.stop();
      throw new Error(`the system did not come up\n${system.describe()}`, { cause: error });
    }
  }

  get url(): string {
    return `http://127.0.0.1:${this.parts.ports.orchestrator}`;
  }

  async get<T>(path: string, schema: z.ZodType<T>): Promise<T> {
    const response = await fetch(`${this.url}${path}`);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return schema.parse(await response.json());
  }

  /** Every service; none while the orchestrator doesn't answer. */
  async services(): Promise<ServiceSummary[]> {
    try {
      const { items } = await this.get('/api/services', ServicePageSchema);
      return items.length === 0 ? [NOT_YET] : items;
    } catch {
      return [NOT_YET];
    }
  }

  async pidOf(serviceId: string): Promise<number> {
    const service = (await this.services()).find(({ service_id: id }) => id === serviceId);
    if (typeof service?.pid !== 'number') throw new Error(`${serviceId} has no process`);
    return service.pid;
  }

  /** Waits until there is one incident and it has ended. */
  async endedIncident(withinMs: number): Promise<IncidentDetail> {
    let found: string | undefined;
    await waitUntil(
      async () => {
        const { items } = await this.get('/api/incidents', IncidentPageSchema).catch(() => ({ items: [] }));
        found = items.find(({ state }) => state === 'resolved' || state === 'escalated')?.incident_id;
        return found !== undefined;
      },
      { withinMs, everyMs: 50 },
    );
    return this.get(`/api/incidents/${found}`, IncidentDetailSchema);
  }

  /** Asks the log itself, also while the orchestrator is away. */
  hasEvent(type: string): Promise<boolean> {
    return withClient(this.parts.log.ownerUrl, async (client) => {
      const { rowCount } = await client.query('SELECT FROM events WHERE type = $1 LIMIT 1', [type]);
      return rowCount === 1;
    });
  }

  /** Waits until so many more reports of the same incident were stored. */
  async reportsAfter({ position }: Pick<IncidentDetail, 'position'>, count: number): Promise<void> {
    await waitUntil(
      async () => {
        const { items } = await this.get(`/api/events?after=${position}&types=ErrorReported&limit=500`, LogEventPageSchema);
        return items.length >= count;
      },
      { withinMs: 60_000, everyMs: 100 },
    );
  }

  /** The process ids of every start of a service, in order. */
  startsOf(serviceId: string): number[] {
    return readFileSync(join(this.parts.dir, `${serviceId}.ledger`), 'utf8')
      .trim()
      .split('\n')
      .map(Number);
  }

  /** Command ids that the agent's journal says were begun. */
  begunCommands(): string[] {
    const lines = readFileSync(join(this.parts.dir, 'agent', 'journal.log'), 'utf8')
      .trim()
      .split('\n');
    return lines.flatMap(
      (line) =>
        /"command_id":"([^"]+)".*"type":"started"|"type":"started".*"command_id":"([^"]+)"/.exec(line)?.slice(1).find(Boolean) ??
        [],
    );
  }

  /** All that the checker looks at, once it is quiet. */
  settledEvidence(): Promise<LogEvidence> {
    const { agentId, dir, log } = this.parts;
    return loadSettledEvidence(log.ownerUrl, () => [readAgentLedger(join(dir, 'agent'), agentId)]);
  }

  breakStart(serviceId: string): void {
    writeFileSync(join(this.parts.dir, `${serviceId}.broken`), '');
  }

  /**
   * What a person does about services that don't run: corrects their configuration, and starts the agent anew. The agent takes
   * a service with another configuration for a first start, and leaves one that ended as it was to the orchestrator.
   */
  async repair(...serviceIds: string[]): Promise<void> {
    await this.agent.end('SIGKILL');
    for (const serviceId of serviceIds) {
      rmSync(join(this.parts.dir, `${serviceId}.broken`), { force: true });
      changeServiceEnvironment(this.parts.dir, serviceId, { REPAIRED: 'yes' });
    }
    this.agent = this.spawnAgent();
  }

  /** Waits until the latest incident of a service is as expected. */
  async incidentOf(serviceId: string, isAsExpected: (incident: IncidentDetail) => boolean): Promise<IncidentDetail> {
    let latest: IncidentDetail | undefined;
    const look = async (): Promise<boolean> => {
      const { items } = await this.get(`/api/incidents?service=${serviceId}&limit=1`, IncidentPageSchema);
      const [first] = items;
      latest = first === undefined ? undefined : await this.get(`/api/incidents/${first.incident_id}`, IncidentDetailSchema);
      return latest !== undefined && isAsExpected(latest);
    };
    await waitUntil(look, { withinMs: 60_000, everyMs: 100 });
    if (latest === undefined) throw new Error(`${serviceId} has no incident`);
    return latest;
  }

  /** kill -9, and the same again. */
  async killOrchestrator(): Promise<void> {
    await this.orchestrator.end('SIGKILL');
  }

  restartOrchestrator(): void {
    this.orchestrator = this.spawnOrchestrator();
  }

  describe(): string {
    return `--- orchestrator\n${this.orchestrator.output}\n--- agent\n${this.agent.output}`;
  }

  async stop(): Promise<void> {
    await this.agent.end();
    await this.orchestrator.end();
    await this.parts.nats.stop();
    await Promise.all([this.parts.log.drop(), this.parts.entries.drop()]);
    rmSync(this.parts.dir, { recursive: true, force: true });
  }

  private spawnAgent(): ChildProgram {
    const config = join(this.parts.dir, 'agent.yaml');
    return new ChildProgram('agent', ['dist/libs/service-agent/src/main.js', '--config', config], {});
  }

  private spawnOrchestrator(): ChildProgram {
    const { dir, log, nats, ports } = this.parts;
    return new ChildProgram('orchestrator', ['dist/src/main.js'], {
      PORT: String(ports.orchestrator),
      DATABASE_URL: log.appUrl,
      MIGRATION_DATABASE_URL: log.ownerUrl,
      NATS_URL: nats.url,
      NATS_NKEY_SEED_FILE: nats.seedFile('orchestrator'),
      TENANT,
      KEY_DIR: join(dir, 'keys'),
      CATALOGUE_FILE: join(dir, 'catalogue.yaml'),
      ADMIN_KEY_FILE: join(dir, 'keys', 'admin.key'),
      ANONYMOUS_ROLE: 'analyst',
    });
  }
}

const NOT_YET: ServiceSummary = {
  service_id: '',
  state: 'unknown',
  since: null,
  pid: null,
  owner_agent: '',
  probe_url: '',
  replicas: 0,
  critical: false,
  autonomy: 'off',
  depends_on: [],
  latest_incident: null,
  live_fix: null,
};
