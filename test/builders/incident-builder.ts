import type { WireError } from '#libs/contracts';
import { InMemoryCheckpoints } from '#libs/event-store';
import type { ServiceStateChanged } from '../../src/catalogue/service-state.events.ts';
import { CatalogueService } from '../../src/catalogue/catalogue.service.ts';
import type { LocatedEvidence } from '../../src/incidents/incident.events.ts';
import type { IncidentCommand, RecordOccurrences } from '../../src/incidents/incident.commands.ts';
import { decideIncident } from '../../src/incidents/incident.decider.ts';
import { evolveIncident, INITIAL_INCIDENT, type IncidentEpisode, type IncidentState } from '../../src/incidents/incident.ts';
import { IncidentsProcessor } from '../../src/incidents/incidents.processor.ts';
import { IncidentsService } from '../../src/incidents/incidents.service.ts';
import { OccurrencesService } from '../../src/incidents/occurrences.service.ts';
import { ServiceIncidents } from '../../src/incidents/service-incidents.service.ts';
import type { ErrorReported } from '../../src/intake/intake.events.ts';
import type { DomainEvent } from '../../src/platform/log/domain-event.ts';
import { Log } from '../../src/platform/log/log.ts';
import { FlakyEventStore } from './flaky-event-store.ts';
import { incidentListDatabase } from './incident-list-database.ts';
import { readWhole, store } from './log-builder.ts';
import { ManualClock } from './manual-clock.ts';
import { RecordingLogger } from './recording-logger.ts';
import { SteppedSubscriptions } from './stepped-subscriptions.ts';

export const BEGIN_MS = Date.parse('2026-01-01T00:00:00.000Z');
export const KEY = 'abcdef012345';
const FINGERPRINT = 'fp@1:0123456789abcdef';

type Occurrence = RecordOccurrences['occurrences'][number];

export const buildEvidence = (parts: Partial<LocatedEvidence> = {}): LocatedEvidence => ({
  report_event_id: '01900000-0000-7000-8000-000000000001',
  report_position: '1',
  agent_id: 'memory-agent',
  agent_class: 'service',
  source: 'backend-memory',
  symptom: 'service-down',
  observed_at: new Date(BEGIN_MS).toISOString(),
  exited: true,
  consecutive_failures: 0,
  ...parts,
});

/** One report at a position, observed so many milliseconds after the beginning. */
export const buildOccurrence = (
  position: number,
  observedAfterMs = position,
  reporter: Partial<LocatedEvidence> = {},
): Occurrence => ({
  position,
  observedAtMs: BEGIN_MS + observedAfterMs,
  evidence: buildEvidence({
    report_position: String(position),
    observed_at: new Date(BEGIN_MS + observedAfterMs).toISOString(),
    ...reporter,
  }),
});

export const buildRecordOccurrences = (...occurrences: Occurrence[]): RecordOccurrences => ({
  type: 'RecordOccurrences',
  key: KEY,
  fingerprint: FINGERPRINT,
  target: 'memory',
  errorType: 'health',
  severity: 'critical',
  ownerAgent: 'memory-agent',
  occurrences,
});

/** Decides and folds a sequence of commands; `at` is when the log takes their events in. */
export const applyIncidentCommands = (
  steps: readonly { command: IncidentCommand; at?: number }[],
  from: IncidentState = INITIAL_INCIDENT,
): IncidentState =>
  steps.reduce(
    (state, { command, at = 0 }) =>
      decideIncident(state, command).reduce(
        (s, event) => evolveIncident(s, event, { recordedAt: new Date(BEGIN_MS + at), position: 1 }),
        state,
      ),
    from,
  );

export const buildEpisode = (parts: Partial<IncidentEpisode> = {}): IncidentEpisode => ({
  incidentId: `${KEY}-1`,
  episode: 1,
  state: 'open',
  fingerprint: FINGERPRINT,
  target: 'memory',
  openedAt: new Date(BEGIN_MS).toISOString(),
  evidence: buildEvidence(),
  count: 1,
  throughPosition: 1,
  grewAtMs: BEGIN_MS,
  wasEscalated: false,
  healedAtMs: [],
  ...parts,
});

export const buildWireError = (parts: Partial<WireError> = {}): WireError => ({
  id: '01900000-0000-7000-8000-000000000001',
  timestamp: '2026-01-01T00:00:00.000Z',
  source: 'backend-memory',
  type: 'health',
  severity: 'critical',
  data: { check: 'http', reason: 'exited', consecutive_failures: 0, message: 'the process ended with code 1' },
  context: {},
  ...parts,
});

export const buildErrorReported = (parts: Partial<ErrorReported['data']> = {}): ErrorReported => ({
  type: 'ErrorReported',
  data: {
    agent_id: 'memory-agent',
    agent_class: 'service',
    error: buildWireError(),
    fingerprint: FINGERPRINT,
    target: 'memory',
    age_ms: 0,
    observed_at: new Date(BEGIN_MS).toISOString(),
    redacted_count: 0,
    ...parts,
  },
});

/** The incidents' side of an orchestrator, on a log that outlives it. The service `memory` belongs to `memory-agent`. */
export class IncidentsUnderTest {
  readonly clock = new ManualClock();
  readonly events = new FlakyEventStore({ now: this.clock.now });
  readonly log = new Log(this.events, new InMemoryCheckpoints(), this.clock);
  readonly service = new IncidentsService(this.log);
  /** The list of incidents knows none of them yet. */
  isListBehind = false;
  private occurrences: OccurrencesService | undefined;
  private subscriptions: SteppedSubscriptions | undefined;

  constructor() {
    this.start();
  }

  /** What a start makes, and a crash loses. */
  start(): void {
    this.subscriptions = new SteppedSubscriptions(this.log);
    const findService = (id: string): object | undefined => (id === 'memory' ? { ownerAgent: 'memory-agent' } : undefined);
    const catalogue = Object.assign(Object.create(CatalogueService.prototype), { findService }) as CatalogueService;
    this.occurrences = new OccurrencesService(this.service, catalogue, this.clock, new RecordingLogger());
    const serviceIncidents = new ServiceIncidents(incidentListDatabase(this.log));
    const find = serviceIncidents.findMitigable.bind(serviceIncidents);
    serviceIncidents.findMitigable = (target) => (this.isListBehind ? Promise.resolve([]) : find(target));
    new IncidentsProcessor(this.service, this.occurrences, serviceIncidents, this.log, this.subscriptions);
  }

  report(fingerprint: string, parts: Partial<ErrorReported['data']> = {}): Promise<void> {
    const observed_at = this.clock.now().toISOString();
    const report = buildErrorReported({ fingerprint, observed_at, ...parts });
    return store(this.log, `report-${report.data.agent_id}`, report);
  }

  /** The agent's own word on the service. */
  claim(to: ServiceStateChanged['data']['to'], service_id = 'memory'): Promise<void> {
    const data = { service_id, from: 'unknown' as const, to, agent_id: 'memory-agent', reason_code: 'heartbeat' };
    return store(this.log, `service-${service_id}`, { type: 'ServiceStateChanged', data });
  }

  step(options?: { limit?: number; isCutOff?: boolean }): Promise<number> {
    return this.subscriptions?.step('incidents', options) ?? Promise.resolve(0);
  }

  /** Another orchestrator has handled everything so far. */
  overtake(): Promise<void> {
    return this.subscriptions?.overtake('incidents') ?? Promise.resolve();
  }

  /** What the clock of the service does every second. */
  tick(): Promise<void> {
    return this.occurrences?.record([]) ?? Promise.resolve();
  }

  checkpoint(): Promise<number> {
    return this.log.checkpoints.load('incidents');
  }

  async incidentEvents(): Promise<DomainEvent[]> {
    return (await readWhole(this.log)).filter(({ stream }) => stream.startsWith('incident-'));
  }

  /** Reports counted for each fingerprint, over all events. */
  async counted(): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { stream, type, data } of await readWhole(this.log)) {
      if (type === 'IncidentOpened') counts[stream] = (counts[stream] ?? 0) + 1;
      if (type === 'IncidentGrew') counts[stream] = (counts[stream] ?? 0) + Number(data['added']);
    }
    return counts;
  }
}
