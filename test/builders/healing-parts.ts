import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InMemoryCheckpoints } from '#libs/event-store';
import { StrategyRegistry } from '#libs/fix-strategies';
import type { Provisioner } from '#libs/messaging';
import type { CatalogueEvent, ServiceEntry } from '../../src/catalogue/catalogue.events.ts';
import { AgentPulses } from '../../src/catalogue/agent-pulses.ts';
import { CatalogueService } from '../../src/catalogue/catalogue.service.ts';
import type { KnownServiceState } from '../../src/catalogue/service-state.events.ts';
import { ServiceStatesService } from '../../src/catalogue/service-states.service.ts';
import { DecisionsService } from '../../src/decisions/decisions.service.ts';
import { DecidedFixesService } from '../../src/healing/starting/decided-fixes.service.ts';
import { EscalationReviewer } from '../../src/healing/verification/escalation-reviewer.service.ts';
import { ExposureRecords } from '../../src/healing/exposures/exposure-records.ts';
import { FixRevoker } from '../../src/healing/verification/fix-revoker.service.ts';
import { FixDrafts } from '../../src/healing/starting/fix-drafts.service.ts';
import { FixStarter } from '../../src/healing/starting/fix-starter.service.ts';
import { FixesService } from '../../src/healing/saga/fixes.service.ts';
import { HealingProcessor } from '../../src/healing/healing.processor.ts';
import { KnownFixes } from '../../src/healing/saga/known-fixes.ts';
import { LiveFixes } from '../../src/healing/slots/live-fixes.ts';
import { RecoveryConfirmer } from '../../src/healing/verification/recovery-confirmer.service.ts';
import { ServiceRecoveries } from '../../src/healing/verification/service-recoveries.service.ts';
import { SharedLooks } from '../../src/healing/verification/shared-looks.ts';
import { SlotsService } from '../../src/healing/slots/slots.service.ts';
import { ControlSwitch } from '../../src/healing/control/control-switch.service.ts';
import { FleetSlots } from '../../src/healing/fleet/fleet-slots.service.ts';
import { PoliciesService } from '../../src/healing/policy/policies.service.ts';
import { ReadModelLag } from '../../src/platform/projections/read-model-lag.ts';
import { StormsService } from '../../src/healing/storm/storms.service.ts';
import { SurroundingsService } from '../../src/healing/starting/surroundings.service.ts';
import { TargetKnowledge } from '../../src/healing/starting/target-knowledge.ts';
import { TargetContextsService } from '../../src/healing/starting/target-contexts.service.ts';
import type { LocatedEvidence } from '../../src/incidents/incident.events.ts';
import { IncidentsService } from '../../src/incidents/incidents.service.ts';
import { ServiceIncidents } from '../../src/incidents/service-incidents.service.ts';
import type { FixSuccessService } from '../../src/learning/fix-success.service.ts';
import type { LearnedRate } from '../../src/learning/learned-rate.ts';
import type { Database } from '../../src/platform/database/database.ts';
import { Log } from '../../src/platform/log/log.ts';
import { logStreams } from '../../src/platform/log/stream-names.ts';
import { buildConfiguration } from './configuration-builder.ts';
import { FlakyEventStore } from './flaky-event-store.ts';
import { buildErrorReported } from './incident-builder.ts';
import { incidentListDatabase } from './incident-list-database.ts';
import { readWhole, store } from './log-builder.ts';
import { ManualClock } from './manual-clock.ts';
import { RecordingLogger } from './recording-logger.ts';
import { SteppedSubscriptions } from './stepped-subscriptions.ts';
import { StubProber } from './stub-prober.ts';

/** What memory needs in specs about that; its agent says nothing of it until the spec does. */
export const DATABASE_PROBE_URL = 'http://127.0.0.1:2/health';

export const MEMORY: ServiceEntry = {
  id: 'memory',
  probe_url: 'http://127.0.0.1:1/health',
  probe_timeout_ms: 2000,
  replicas: 1,
  single_replica: true,
  critical: false,
  depends_on: [],
  owner_agent: 'memory-agent',
  autonomy: 'auto',
};

const CATALOGUE: CatalogueEvent[] = [
  { type: 'AgentRegistered', data: { id: 'memory-agent', class: 'service' } },
  { type: 'ServiceRegistered', data: MEMORY },
];

/** A table of samples to which no agent has sent any. */
const NOTHING_COUNTED = { query: async () => [] } as unknown as Database;

/** Takes consumers and does nothing: there is no NATS in a unit spec. */
export const recordingProvisioner = (): Provisioner & { added: unknown[] } => {
  const added: unknown[] = [];
  const add = async (consumer: unknown): Promise<void> => {
    added.push(consumer);
  };
  return { added, addConsumer: add } as unknown as Provisioner & { added: unknown[] };
};

/** The healing side of one orchestrator. Several on one log are like several replicas. */
export class HealingParts {
  readonly logger = new RecordingLogger();
  readonly subscriptions: SteppedSubscriptions;
  readonly incidents: IncidentsService;
  /** What was learned of strategies. */
  learned: LearnedRate[] = [];
  readonly success = { load: async () => this.learned } as unknown as FixSuccessService;
  readonly decisions: DecisionsService;
  readonly slots: SlotsService;
  readonly fixes: FixesService;
  readonly catalogue: CatalogueService;
  readonly prober = new StubProber();
  readonly states: ServiceStatesService;
  readonly starter: FixStarter;
  readonly control: ControlSwitch;
  readonly policies: PoliciesService;
  readonly fleet: FleetSlots;
  readonly storms: StormsService;
  readonly contexts: TargetContextsService;
  readonly surroundings: SurroundingsService;
  readonly exposures: ExposureRecords;
  readonly drafts: FixDrafts;
  readonly decided: DecidedFixesService;
  readonly knowledge: TargetKnowledge;
  /** How far the read models are behind. */
  readModelLagMs: number | undefined = 0;

  constructor(
    readonly log: Log,
    readonly clock: ManualClock,
    readonly registry = new StrategyRegistry(),
  ) {
    this.subscriptions = new SteppedSubscriptions(log);
    this.incidents = new IncidentsService(log);
    this.decisions = new DecisionsService(log, this.success, registry);
    this.slots = new SlotsService(log);
    this.catalogue = new CatalogueService(log, buildConfiguration(), recordingProvisioner());
    const pulses = Object.create(AgentPulses.prototype) as AgentPulses;
    this.states = new ServiceStatesService(log, this.catalogue, pulses, this.logger, this.subscriptions);
    const looks = new SharedLooks(clock, this.prober);
    this.control = new ControlSwitch(log, buildConfiguration({ STOP_FILE: join(tmpdir(), `zantara-stop-${randomUUID()}`) }));
    this.policies = new PoliciesService(log);
    this.fleet = new FleetSlots(log);
    this.storms = new StormsService(log, this.catalogue, this.incidents, this.policies, clock, this.logger, this.subscriptions);
    const lag = Object.defineProperty(Object.create(ReadModelLag.prototype) as ReadModelLag, 'lagMs', {
      get: () => this.readModelLagMs,
    });
    const { control, policies, fleet, storms } = this;
    this.exposures = new ExposureRecords(NOTHING_COUNTED, this.catalogue, clock);
    this.surroundings = new SurroundingsService(clock, this.catalogue, control, policies, fleet, storms, lag);
    this.contexts = new TargetContextsService(clock, this.catalogue, this.states, this.slots, looks, this.surroundings);
    const { contexts } = this;
    const known = new KnownFixes();
    this.fixes = new FixesService(log, clock, contexts, fleet, registry, known);
    const revoker = new FixRevoker(log, this.incidents, this.fixes);
    const decided = new DecidedFixesService(log, fleet, this.exposures);
    const { catalogue, decisions, incidents, fixes } = this;
    const confirmer = new RecoveryConfirmer(clock, catalogue, decisions, incidents, fixes, decided);
    this.decided = decided;
    this.drafts = new FixDrafts(clock, decisions, incidents, contexts, decided);
    this.starter = new FixStarter(clock, decisions, incidents, revoker, confirmer, decided, this.drafts);
    const listed = new ServiceIncidents(incidentListDatabase(log));
    const recoveries = new ServiceRecoveries(catalogue, listed, this.starter, confirmer);
    const escalations = new EscalationReviewer(catalogue, this.states, decisions, incidents, looks);
    this.knowledge = new TargetKnowledge(new LiveFixes(this.slots, catalogue), fleet, storms, known);
    new HealingProcessor(this.starter, recoveries, escalations, fixes, this.knowledge, this.logger, this.subscriptions);
  }

  /** Reports one fault of the service and makes an incident of it. Tells the incident's id. */
  async openIncident(fingerprint: string, reporter: Partial<LocatedEvidence> = {}): Promise<string> {
    const key = fingerprint.padEnd(12, '0').slice(0, 12);
    const observed_at = this.clock.now().toISOString();
    const report = buildErrorReported({ fingerprint, observed_at });
    await store(this.log, logStreams.reports('memory-agent'), report);
    const { position } = await this.log.store.head();
    const evidence: LocatedEvidence = {
      report_event_id: '01900000-0000-7000-8000-000000000001',
      report_position: String(position),
      agent_id: 'memory-agent',
      agent_class: 'service',
      source: 'backend-memory',
      symptom: 'service-down',
      observed_at,
      exited: true,
      consecutive_failures: 0,
      ...reporter,
    };
    const after = await this.incidents.apply(key, {
      key: `occurrences:${position}`,
      command: {
        type: 'RecordOccurrences',
        key,
        fingerprint,
        target: 'memory',
        errorType: 'health',
        severity: 'critical',
        occurrences: [{ position, observedAtMs: this.clock.nowMs(), evidence }],
      },
    });
    return after.state.known ? after.state.incidentId : '';
  }

  /** Starts a fix for an incident; tells the fix's id. */
  async startFix(incidentId: string): Promise<string> {
    const cause = (await readWhole(this.log)).find(({ stream }) => stream.startsWith('incident-'));
    if (cause === undefined) throw new Error('there is no incident');
    await this.starter.consider(incidentId, cause);
    return `${incidentId}-1`;
  }

  /** As after a start with another catalogue. */
  async changeService(parts: Partial<ServiceEntry>): Promise<void> {
    await store(this.log, logStreams.catalogue, { type: 'ServiceChanged', data: { ...MEMORY, ...parts } });
    await this.catalogue.onModuleInit();
  }

  /** Lets memory need a database. */
  async addDependency(): Promise<void> {
    await this.addService({ id: 'database', probe_url: DATABASE_PROBE_URL });
    await this.changeService({ depends_on: ['database'] });
  }

  async addService(parts: Partial<ServiceEntry>): Promise<void> {
    await store(this.log, logStreams.catalogue, { type: 'ServiceRegistered', data: { ...MEMORY, ...parts } });
    await this.catalogue.onModuleInit();
  }

  /** What the agent of a service says of it. */
  async say(serviceId: string, to: KnownServiceState): Promise<void> {
    const data = { service_id: serviceId, from: 'unknown', to, agent_id: 'memory-agent', reason_code: 'heartbeat' };
    await store(this.log, logStreams.service(serviceId), { type: 'ServiceStateChanged', data });
  }

  async retireService(): Promise<void> {
    await store(this.log, logStreams.catalogue, { type: 'ServiceRetired', data: { id: MEMORY.id } });
    await this.catalogue.onModuleInit();
  }

  async typesOf(stream: string): Promise<string[]> {
    return (await this.log.store.readStream(stream)).map(({ type }) => type);
  }
}

/** One replica on a new log, with the service `memory` in its catalogue. */
export async function buildHealing(
  registry = new StrategyRegistry(),
): Promise<HealingParts & { replica(): Promise<HealingParts>; events: FlakyEventStore }> {
  const clock = new ManualClock();
  const events = new FlakyEventStore({ now: clock.now });
  const log = new Log(events, new InMemoryCheckpoints(), clock);
  await store(log, logStreams.catalogue, ...CATALOGUE);
  const create = async (): Promise<HealingParts> => {
    const parts = new HealingParts(log, clock, registry);
    await parts.catalogue.onModuleInit();
    return parts;
  };
  return Object.assign(await create(), { replica: create, events });
}
