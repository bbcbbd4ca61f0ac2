import { Injectable } from '@nestjs/common';
import type { StoredEvent } from '#libs/event-store';
import type { ServiceStateChanged } from '../catalogue/service-state.events.ts';
import type { StormDetected } from '../healing/storm/storm.events.ts';
import type { IncidentEscalated } from '../incidents/incident.events.ts';
import { IncidentsService } from '../incidents/incidents.service.ts';
import { type Recorded, selectRecorded } from '../platform/log/domain-event.ts';
import { LogSubscriptions } from '../platform/log/log-subscriptions.ts';
import { decideTrigger } from './escalation.decider.ts';
import { EscalationsService } from './escalations.service.ts';
import type { Trigger } from './root-cause.ts';
import { RootCauses } from './root-causes.service.ts';

type HandledEvent = IncidentEscalated | ServiceStateChanged | StormDetected;

const HANDLED: readonly HandledEvent['type'][] = ['IncidentEscalated', 'ServiceStateChanged', 'StormDetected'];

/** Follows the log: what a person has to look at raises an escalation, or joins the one of the same root cause. */
@Injectable()
export class EscalationsProcessor {
  constructor(
    private readonly escalations: EscalationsService,
    private readonly rootCauses: RootCauses,
    private readonly incidents: IncidentsService,
    subscriptions: LogSubscriptions,
  ) {
    subscriptions.register('escalations', (events) => this.handle(events));
  }

  /** One after the other: the second of two may belong to what the first one raised. */
  private async handle(events: readonly StoredEvent[]): Promise<void> {
    for (const event of selectRecorded<HandledEvent>(events, HANDLED)) {
      const trigger = await this.toTrigger(event);
      if (trigger !== undefined) await this.takeIn(trigger, event);
    }
  }

  private async takeIn(trigger: Trigger, cause: Recorded<HandledEvent>): Promise<void> {
    const root = await this.rootCauses.find(trigger);
    await this.escalations.change({
      root,
      key: () => `trigger:${cause.position}`,
      cause,
      incidentId: trigger.type === 'incident' ? trigger.incidentId : undefined,
      decide: (state) => decideTrigger(state, root, trigger, cause.recordedAt.getTime()),
    });
  }

  private async toTrigger(event: Recorded<HandledEvent>): Promise<Trigger | undefined> {
    switch (event.type) {
      case 'IncidentEscalated': {
        const { incident_id: incidentId, reason_code: reasonCode } = event.data;
        const fault = await this.incidents.findFault(incidentId);
        return fault && { type: 'incident', incidentId, service: fault.target, symptom: fault.symptom, reasonCode };
      }
      case 'ServiceStateChanged': {
        const { reason_code: reasonCode, agent_id: agentId, service_id: service } = event.data;
        return reasonCode === 'heartbeats-missing' ? { type: 'silence', agentId, service, reasonCode } : undefined;
      }
      case 'StormDetected': {
        const { symptom, failing_targets: failingTargets, all_targets: allTargets } = event.data;
        return { type: 'storm', symptom, failingTargets, allTargets };
      }
    }
  }
}
