import { createPool, PostgresCheckpoints, PostgresEventStore, type PoolOptions, type StoredEvent } from '#libs/event-store';
import { StrategyRegistry } from '#libs/fix-strategies';
import type { Provisioner } from '#libs/messaging';
import { createTestDatabase, type TestDatabase, waitUntil, withClient } from '#libs/testing';
import { AgentPulses } from '../../src/catalogue/agent-pulses.ts';
import { CatalogueService } from '../../src/catalogue/catalogue.service.ts';
import type { ServiceEntry } from '../../src/catalogue/catalogue.events.ts';
import { ServiceStatesService } from '../../src/catalogue/service-states.service.ts';
import { EscalationCloser } from '../../src/escalations/escalation-closer.service.ts';
import { EscalationsProcessor } from '../../src/escalations/escalations.processor.ts';
import { escalationsProjection } from '../../src/escalations/escalations.projection.ts';
import { EscalationsService } from '../../src/escalations/escalations.service.ts';
import { MessagesService } from '../../src/escalations/message/messages.service.ts';
import { NotifierService } from '../../src/escalations/notifying/notifier.service.ts';
import { RootCauses } from '../../src/escalations/root-causes.service.ts';
import type { StormEvent } from '../../src/healing/storm/storm.events.ts';
import { incidentsProjection } from '../../src/incidents/incidents.projection.ts';
import { IncidentsService } from '../../src/incidents/incidents.service.ts';
import { ServiceIncidents } from '../../src/incidents/service-incidents.service.ts';
import { Clock } from '../../src/platform/clock.ts';
import type { Configuration } from '../../src/platform/config/configuration.ts';
import { Database } from '../../src/platform/database/database.ts';
import type { DomainEvent } from '../../src/platform/log/domain-event.ts';
import { Log } from '../../src/platform/log/log.ts';
import { LogSubscriptions } from '../../src/platform/log/log-subscriptions.ts';
import { logStreams } from '../../src/platform/log/stream-names.ts';
import { upcasters } from '../../src/platform/log/upcasters.ts';
import { PROJECTION_POOL, Projections } from '../../src/platform/projections/projections.ts';
import { store } from './log-builder.ts';
import { buildEvidence } from './incident-builder.ts';
import { RecordingLogger } from './recording-logger.ts';

/** The time of day, which a spec may let pass faster. */
class SkippingClock extends Clock {
  private skippedMs = 0;

  override nowMs(): number {
    return Date.now() + this.skippedMs;
  }

  skip(ms: number): void {
    this.skippedMs += ms;
  }
}

const connectionTo = (connectionString: string): PoolOptions => ({
  connectionString,
  applicationName: 'test',
  onConnectionError: () => undefined,
});

function openLog(url: string, clock: Clock): { log: Log; pool: ReturnType<typeof createPool> } {
  const connection = connectionTo(url);
  const pool = createPool(connection);
  const events = new PostgresEventStore({ pool, upcasters, ...connection });
  return { pool, log: new Log(events, new PostgresCheckpoints(pool), clock) };
}

/** What raises, tells and closes escalations in one orchestrator, on a real database. */
class EscalationSide {
  readonly logger = new RecordingLogger();
  private readonly parts: readonly { onApplicationBootstrap(): void; beforeApplicationShutdown(): Promise<void> }[];
  private readonly subscriptions: LogSubscriptions;

  private constructor(
    readonly log: Log,
    private readonly database: Database,
    private readonly projections: Projections,
    { catalogue, config, clock }: { catalogue: CatalogueService; config: Configuration; clock: Clock },
  ) {
    this.subscriptions = new LogSubscriptions(log, this.logger, clock);
    projections.follow(this.subscriptions);
    const incidents = new ServiceIncidents(database);
    const pulses = Object.create(AgentPulses.prototype) as AgentPulses;
    const states = new ServiceStatesService(log, catalogue, pulses, this.logger, this.subscriptions);
    const escalations = new EscalationsService(log);
    const rootCauses = new RootCauses(catalogue, incidents, escalations);
    new EscalationsProcessor(escalations, rootCauses, new IncidentsService(log), this.subscriptions);
    const closer = new EscalationCloser(database, escalations, incidents, catalogue, states, clock, this.logger);
    const messages = new MessagesService(log, new StrategyRegistry());
    const notifier = new NotifierService(database, escalations, closer, messages, config, clock, this.logger);
    this.parts = [closer, notifier];
  }

  static async start({ appUrl }: TestDatabase, config: Configuration, clock: Clock): Promise<EscalationSide> {
    const { log, pool } = openLog(appUrl, clock);
    const writers = createPool({ ...connectionTo(appUrl), ...PROJECTION_POOL });
    const models = [incidentsProjection, escalationsProjection];
    const projections = new Projections(models, { store: log.store, pool: writers }, new RecordingLogger());
    const provisioner = { addConsumer: async () => undefined } as unknown as Provisioner;
    const catalogue = new CatalogueService(log, config, provisioner);
    await catalogue.onModuleInit();
    const side = new EscalationSide(log, new Database(pool), projections, { catalogue, config, clock });
    side.subscriptions.onApplicationBootstrap();
    for (const part of side.parts) part.onApplicationBootstrap();
    return side;
  }

  async stop(): Promise<void> {
    for (const part of this.parts) await part.beforeApplicationShutdown();
    await this.subscriptions.stop();
    await this.log.store.close();
    await this.projections.close();
    await this.database.pool.end();
  }
}

const service = (id: string, ownerAgent: string, dependsOn: readonly string[] = []): ServiceEntry => ({
  id,
  probe_url: 'http://127.0.0.1:1/health',
  probe_timeout_ms: 2000,
  replicas: 1,
  single_replica: true,
  critical: false,
  depends_on: dependsOn,
  owner_agent: ownerAgent,
  autonomy: 'auto',
});

/** Rag needs memory, both of one agent; notes stands alone. */
const SERVICES = [service('rag', 'agent-1', ['memory']), service('memory', 'agent-1'), service('notes', 'agent-2')];

/** A database with a catalogue, and as many orchestrators on it as a spec starts. */
export class EscalationStage {
  readonly clock = new SkippingClock();
  private sides: EscalationSide[] = [];
  private keys = 0;

  private constructor(
    private readonly database: TestDatabase,
    private readonly log: Log,
    private readonly close: () => Promise<void>,
  ) {}

  static async start(): Promise<EscalationStage> {
    const database = await createTestDatabase();
    const { log, pool } = openLog(database.appUrl, new SkippingClock());
    await store(log, logStreams.catalogue, ...SERVICES.map((data) => ({ type: 'ServiceRegistered', data })));
    return new EscalationStage(database, log, async () => {
      await log.store.close();
      await pool.end();
      await database.drop();
    });
  }

  async startOrchestrator(config: Configuration): Promise<EscalationSide> {
    const side = await EscalationSide.start(this.database, config, this.clock);
    this.sides.push(side);
    return side;
  }

  async stopOrchestrators(): Promise<void> {
    for (const side of this.sides.splice(0)) await side.stop();
  }

  async stop(): Promise<void> {
    await this.stopOrchestrators();
    await this.close();
  }

  /** An incident of a service that nobody could heal, as the log tells it. Tells its id. */
  async giveUp(target: string, story: readonly DomainEvent[] = []): Promise<string> {
    this.keys += 1;
    const key = String(this.keys).padStart(12, '0');
    const incident_id = `${key}-1`;
    const opened_at = new Date().toISOString();
    const what = { episode: 1, fingerprint: `fp-${key}`, target, error_type: 'health', severity: 'critical', opened_at };
    await this.tell(incident_id, logStreams.incident(key), {
      type: 'IncidentOpened',
      data: { incident_id, ...what, evidence: buildEvidence() },
    });
    await this.tell(incident_id, logStreams.fix(`${incident_id}-1`), ...story);
    await this.tell(incident_id, logStreams.incident(key), {
      type: 'IncidentEscalated',
      data: { incident_id, reason_code: 'attempts-exhausted' },
    });
    return incident_id;
  }

  async resolve(incidentId: string): Promise<void> {
    const data = { incident_id: incidentId, fix_id: 'f', strategy: 'restart/service', duration_ms: 1 };
    await this.tell(incidentId, logStreams.incident(incidentId.slice(0, -2)), { type: 'IncidentResolved', data });
  }

  async changeState(serviceId: string, agentId: string, to: 'healthy' | 'unknown'): Promise<void> {
    const reason_code = to === 'unknown' ? 'heartbeats-missing' : 'heartbeat';
    const data = { service_id: serviceId, from: to === 'unknown' ? 'healthy' : 'unknown', to, agent_id: agentId, reason_code };
    await store(this.log, logStreams.service(serviceId), { type: 'ServiceStateChanged', data });
  }

  async changeStorm(event: StormEvent): Promise<void> {
    await store(this.log, logStreams.storm, event);
  }

  /** Everything that escalations are made of, in the order of the log. */
  events(...types: string[]): Promise<StoredEvent[]> {
    return this.log.store.readAll({ after: 0, limit: 10_000, types });
  }

  /** Until there are so many events of a type. */
  async waitFor(type: string, count = 1): Promise<StoredEvent[]> {
    await waitUntil(async () => (await this.events(type)).length >= count);
    return this.events(type);
  }

  /** Nobody gets a connection to the database until `allow`, and those that there were are cut. */
  async cutDatabase(): Promise<{ allow: () => Promise<void> }> {
    const { name, superuserUrl } = this.database;
    const elsewhere = Object.assign(new URL(superuserUrl), { pathname: '/postgres' }).href;
    const alter = (isAllowed: boolean): Promise<unknown> =>
      withClient(elsewhere, (client) => client.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS ${isAllowed}`));
    await alter(false);
    await withClient(elsewhere, (client) =>
      client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]),
    );
    return { allow: async () => void (await alter(true)) };
  }

  private async tell(incidentId: string, stream: string, ...events: readonly DomainEvent[]): Promise<void> {
    if (events.length === 0) return;
    this.keys += 1;
    const writes = [{ stream, expected: 'any' as const, events }];
    await this.log.append({ actor: 'test', key: String(this.keys), correlationId: incidentId, writes });
  }
}
