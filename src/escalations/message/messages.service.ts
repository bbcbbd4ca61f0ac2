import { Injectable } from '@nestjs/common';
import type { EscalatedIncident, EscalationMessage } from '#libs/contracts';
import { StrategyRegistry } from '#libs/fix-strategies';
import type { IncidentEvent } from '../../incidents/incident.events.ts';
import { Log } from '../../platform/log/log.ts';
import type { Escalation } from '../escalation.ts';
import { tellIncident } from './escalated-incident.ts';
import { composeMessage, MAX_INCIDENTS } from './escalation-message.ts';

/** Of a longer story the middle is left out. */
const MAX_EVENTS = 500;
const THINNED = ['IncidentGrew'] satisfies IncidentEvent['type'][];

/** Says what a person has to know of an escalation, from the log as it is when somebody is told. */
@Injectable()
export class MessagesService {
  constructor(
    private readonly log: Log,
    private readonly registry: StrategyRegistry,
  ) {}

  async compose(escalation: Escalation): Promise<EscalationMessage> {
    const incidents: EscalatedIncident[] = [];
    for (const id of escalation.incidentIds.slice(0, MAX_INCIDENTS)) {
      const { events } = await this.log.store.readCorrelated(id, { limit: MAX_EVENTS, thinned: THINNED });
      const told = tellIncident(events);
      if (told !== undefined) incidents.push(told);
    }
    return composeMessage(escalation, incidents, this.registry);
  }
}
