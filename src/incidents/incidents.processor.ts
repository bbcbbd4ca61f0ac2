import { Injectable } from '@nestjs/common';
import type { StoredEvent } from '#libs/event-store';
import type { ServiceStateChanged } from '../catalogue/service-state.events.ts';
import { type Recorded, selectRecorded } from '../platform/log/domain-event.ts';
import { type Cause, Log } from '../platform/log/log.ts';
import { LogSubscriptions } from '../platform/log/log-subscriptions.ts';
import { findForeseen } from './foreseen.ts';
import type { IncidentCommand } from './incident.commands.ts';
import type { IncidentHealing, IncidentOpened } from './incident.events.ts';
import { keyOfIncident } from './incident-key.ts';
import { type Outcome, toCommand } from './outcomes.ts';
import { type HandledEvent, Wave } from './wave.ts';
import { IncidentsService } from './incidents.service.ts';
import { LaggingCheckpoints } from './lagging-checkpoints.ts';
import { OccurrencesService } from './occurrences.service.ts';
import { settleAll } from '../platform/settle-all.ts';
import { ServiceIncidents } from './service-incidents.service.ts';

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
  /** What comes next doesn't follow at once where another orchestrator was quicker. */
  private handledThrough: number | undefined;

  constructor(
    private readonly incidents: IncidentsService,
    private readonly occurrences: OccurrencesService,
    private readonly serviceIncidents: ServiceIncidents,
    log: Log,
    subscriptions: LogSubscriptions,
  ) {
    const checkpoints = new LaggingCheckpoints(log.checkpoints, () => occurrences.oldestUncounted());
    subscriptions.register('incidents', (events) => this.handle(events), { checkpoints });
  }

  private async handle(events: readonly StoredEvent[]): Promise<void> {
    if (this.handledThrough !== undefined && events[0]?.position !== this.handledThrough + 1) this.occurrences.forgetAll();
    await this.handleAll(events);
    this.handledThrough = events.at(-1)?.position;
  }

  private async handleAll(events: readonly StoredEvent[]): Promise<void> {
    const foreseen = findForeseen(
      selectRecorded<IncidentOpened | IncidentHealing>(events, ['IncidentOpened', 'IncidentHealing']),
    );
    this.occurrences.noteForeseen(foreseen.incidents);
    let wave = new Wave();
    for (const event of selectRecorded<HandledEvent>(events, HANDLED)) {
      if (foreseen.isDoneWith(event) || wave.add(event)) continue;
      await this.take(wave);
      wave = new Wave();
      wave.add(event);
    }
    await this.take(wave);
  }

  private async take({ reports, outcomes, recoveries }: Wave): Promise<void> {
    await settleAll([
      ...(reports.length === 0 ? [] : [this.occurrences.record(reports)]),
      ...outcomes.map((outcome) => this.onOutcome(outcome)),
      ...recoveries.map((state) => this.onServiceState(state)),
    ]);
  }

  private async onOutcome(event: Recorded<Outcome>): Promise<void> {
    const incidentId = event.metadata.correlation_id;
    const command = toCommand(event);
    if (incidentId !== undefined && command !== undefined) await this.apply(incidentId, command, event);
  }

  private async onServiceState(event: Recorded<ServiceStateChanged>): Promise<void> {
    const { service_id: target, agent_id: claimedBy } = event.data;
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
