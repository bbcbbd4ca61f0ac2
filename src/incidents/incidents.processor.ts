import { Injectable } from '@nestjs/common';
import type { StoredEvent } from '#libs/event-store';
import type { DecisionMade } from '../decisions/decision.events.ts';
import type { FixAbandoned, FixCommanded, FixEscalated, FixHealed } from '../healing/fix.events.ts';
import type { ErrorReported } from '../intake/intake.events.ts';
import type { ServiceStateChanged } from '../catalogue/service-state.events.ts';
import { type Recorded, selectRecorded } from '../platform/log/domain-event.ts';
import { type Cause, Log } from '../platform/log/log.ts';
import { LogSubscriptions } from '../platform/log/log-subscriptions.ts';
import type { IncidentCommand } from './incident.commands.ts';
import { computeIncidentKey, keyOfIncident } from './incident-key.ts';
import { IncidentsService } from './incidents.service.ts';
import { LaggingCheckpoints } from './lagging-checkpoints.ts';
import { OccurrencesService } from './occurrences.service.ts';
import { settleAll } from '../platform/settle-all.ts';
import { ServiceIncidents } from './service-incidents.service.ts';

type Outcome = FixCommanded | FixHealed | FixEscalated | FixAbandoned | DecisionMade;
type HandledEvent = ErrorReported | ServiceStateChanged | Outcome;

const HANDLED: readonly HandledEvent['type'][] = [
  'ErrorReported',
  'ServiceStateChanged',
  'FixCommanded',
  'FixHealed',
  'FixEscalated',
  'FixAbandoned',
  'DecisionMade',
];

/** Follows the log: reports open incidents and let them grow, what becomes of fixes closes them. */
@Injectable()
export class IncidentsProcessor {
  constructor(
    private readonly incidents: IncidentsService,
    private readonly occurrences: OccurrencesService,
    private readonly serviceIncidents: ServiceIncidents,
    log: Log,
    subscriptions: LogSubscriptions,
  ) {
    const checkpoints = new LaggingCheckpoints(log.checkpoints, () => occurrences.oldestUncounted());
    subscriptions.register('incidents', (events) => this.handle(events), checkpoints);
  }

  private async handle(events: readonly StoredEvent[]): Promise<void> {
    let wave = new Wave();
    for (const event of selectRecorded<HandledEvent>(events, HANDLED)) {
      if (event.type === 'ServiceStateChanged') {
        await this.take(wave);
        wave = new Wave();
        await this.onServiceState(event);
      } else if (!wave.add(event)) {
        await this.take(wave);
        wave = new Wave();
        wave.add(event);
      }
    }
    await this.take(wave);
  }

  private async take({ reports, outcomes }: Wave): Promise<void> {
    await settleAll([this.occurrences.record(reports), ...outcomes.map((outcome) => this.onOutcome(outcome))]);
  }

  private async onOutcome(event: Recorded<Outcome>): Promise<void> {
    const incidentId = event.metadata.correlation_id;
    const command = toCommand(event);
    if (incidentId !== undefined && command !== undefined) await this.apply(incidentId, command, event);
  }

  private async onServiceState(event: Recorded<ServiceStateChanged>): Promise<void> {
    const { service_id: target, to, agent_id: claimedBy } = event.data;
    if (to !== 'healthy') return;
    const listed = await this.serviceIncidents.findMitigable(target);
    // What was opened a moment ago may not be in the list yet.
    for (const incidentId of new Set([...listed, ...this.occurrences.findOpen(target)])) {
      const claim = { claimedBy, claimedAtMs: event.recordedAt.getTime(), claimPosition: event.position };
      await this.apply(incidentId, { type: 'MitigateIncident', incidentId, ...claim }, event);
    }
  }

  private async apply(incidentId: string, command: IncidentCommand, cause: Cause): Promise<void> {
    const key = keyOfIncident(incidentId);
    await this.incidents.apply(key, { command, key: `${command.type}:${cause.position}`, cause });
    await this.occurrences.forget(key);
  }
}

function toCommand(event: Recorded<Outcome>): IncidentCommand | undefined {
  switch (event.type) {
    case 'FixCommanded':
      if (event.data.attempt > 1) return undefined;
      return {
        type: 'StartHealing',
        incidentId: event.metadata.correlation_id ?? '',
        fixId: event.data.fix_id,
        strategy: event.data.strategy,
      };
    case 'FixHealed': {
      const { incident_id: incidentId, fix_id: fixId, strategy } = event.data;
      return { type: 'ResolveIncident', incidentId, fixId, strategy, resolvedAtMs: event.recordedAt.getTime() };
    }
    case 'FixEscalated': {
      const { incident_id: incidentId, fix_id: fixId, reason_code: reasonCode } = event.data;
      return { type: 'EscalateIncident', incidentId, fixId, reasonCode };
    }
    case 'FixAbandoned':
      return { type: 'ReopenIncident', incidentId: event.data.incident_id, reasonCode: 'next-strategy' };
    case 'DecisionMade':
      if (event.data.verdict !== 'escalate') return undefined;
      return { type: 'EscalateIncident', incidentId: event.data.incident_id, reasonCode: event.data.reason_code };
  }
}

/** Each takes a connection to the database. */
const OUTCOMES_AT_ONCE = 8;

/** What is taken in together: of one incident, a report before an outcome is counted before it, and outcomes come in their order. */
class Wave {
  readonly reports: Recorded<ErrorReported>[] = [];
  readonly outcomes: Recorded<Outcome>[] = [];
  private readonly reported = new Set<string>();
  private readonly ended = new Set<string>();

  /** Whether it belongs in; if not, this wave is to be taken in first. */
  add(event: Recorded<ErrorReported> | Recorded<Outcome>): boolean {
    if (event.type === 'ErrorReported') {
      const key = computeIncidentKey(event.data.fingerprint, event.data.target);
      if (this.ended.has(key)) return false;
      this.reported.add(key);
      this.reports.push(event);
      return true;
    }
    const incidentId = event.metadata.correlation_id;
    if (incidentId === undefined || toCommand(event) === undefined) return true;
    const key = keyOfIncident(incidentId);
    if (this.reported.has(key) || this.ended.has(key) || this.outcomes.length >= OUTCOMES_AT_ONCE) return false;
    this.ended.add(key);
    this.outcomes.push(event);
    return true;
  }
}
