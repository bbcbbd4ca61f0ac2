import { Injectable } from '@nestjs/common';
import { ZantaraError } from '#libs/contracts';
import type { StoredEvent } from '#libs/event-store';
import type { ServiceStateChanged } from '../catalogue/service-state.events.ts';
import type {
  IncidentEscalated,
  IncidentGrew,
  IncidentMitigated,
  IncidentOpened,
  IncidentReopened,
} from '../incidents/incident.events.ts';
import type { ErrorReported, ResultReported } from '../intake/intake.events.ts';
import { type Recorded, selectRecorded } from '../platform/log/domain-event.ts';
import { LogSubscriptions } from '../platform/log/log-subscriptions.ts';
import { AppLogger } from '../platform/logging/app-logger.ts';
import { settleAll } from '../platform/settle-all.ts';
import { EscalationReviewer } from './escalation-reviewer.service.ts';
import type { FixWithdrawn } from './fix.events.ts';
import { FixStarter } from './fix-starter.service.ts';
import { fixIdOfCommand } from './fix-steps.ts';
import { FixesService } from './fixes.service.ts';
import { ServiceRecoveries } from './service-recoveries.service.ts';
import type { FleetSlotEvent } from './fleet/fleet-slot.events.ts';
import type { SlotEvent } from './slot.events.ts';
import { TargetKnowledge } from './target-knowledge.ts';
import type { FixUndone } from './undo/undo.events.ts';

type HandledEvent =
  | IncidentOpened
  | IncidentGrew
  | IncidentReopened
  | IncidentMitigated
  | IncidentEscalated
  | ServiceStateChanged
  | FixWithdrawn
  | FixUndone
  | ResultReported
  | ErrorReported
  | SlotEvent
  | FleetSlotEvent;

const HANDLED: readonly HandledEvent['type'][] = [
  'IncidentOpened',
  'IncidentGrew',
  'IncidentReopened',
  'IncidentMitigated',
  'IncidentEscalated',
  'ServiceStateChanged',
  'FixWithdrawn',
  'FixUndone',
  'ResultReported',
  'ErrorReported',
  'SlotReserved',
  'SlotReleased',
  'FleetSlotReserved',
  'FleetSlotReleased',
];

/** Each takes connections to the database. */
const BEGINNINGS_AT_ONCE = 8;
const EVENTS_AT_ONCE = 64;

/** What may be taken beside others: that something begins, a report, and what is only kept in mind. */
const TAKEN_TOGETHER: ReadonlySet<HandledEvent['type']> = new Set([
  'IncidentOpened',
  'ErrorReported',
  'SlotReserved',
  'SlotReleased',
  'FleetSlotReserved',
  'FleetSlotReleased',
]);

/** Follows the log: incidents begin fixes, results and new faults move them on, recoveries are checked. */
@Injectable()
export class HealingProcessor {
  constructor(
    private readonly starter: FixStarter,
    private readonly recoveries: ServiceRecoveries,
    private readonly escalations: EscalationReviewer,
    private readonly fixes: FixesService,
    private readonly knowledge: TargetKnowledge,
    private readonly logger: AppLogger,
    subscriptions: LogSubscriptions,
  ) {
    subscriptions.register('healing', (events) => this.handle(events));
  }

  private async handle(events: readonly StoredEvent[]): Promise<void> {
    await this.knowledge.begin(events);
    for (const group of groupBeginnings(selectRecorded<HandledEvent>(events, HANDLED)))
      await settleAll(group.map((event) => this.handleAlone(event)));
    this.knowledge.end(events);
  }

  /** What can never be handled harms its own fix only; what time will mend is tried again, and everybody waits. */
  private async handleAlone(event: Recorded<HandledEvent>): Promise<void> {
    try {
      await this.handleOne(event);
    } catch (error) {
      if (!(error instanceof ZantaraError) || error.retryable) throw error;
      this.logger.problem('an event is left out: its fix stays where it is', error, { position: event.position });
    }
  }

  private async handleOne(event: Recorded<HandledEvent>): Promise<void> {
    switch (event.type) {
      case 'IncidentOpened':
      case 'IncidentGrew':
      case 'IncidentReopened':
        return this.starter.consider(event.data.incident_id, event);
      case 'IncidentMitigated':
        return this.recoveries.onMitigated(event);
      case 'IncidentEscalated':
        return this.escalations.review(event);
      case 'FixWithdrawn':
        return this.recoveries.onWithdrawn(event);
      case 'FixUndone':
        return this.recoveries.onUndone(event);
      case 'ServiceStateChanged':
        return this.recoveries.onStateChanged(event);
      case 'ResultReported':
        return this.onResult(event);
      case 'ErrorReported':
        return this.onFault(event);
      case 'SlotReserved':
      case 'SlotReleased':
      case 'FleetSlotReserved':
      case 'FleetSlotReleased':
        return this.knowledge.apply(event);
    }
  }

  private onResult({ id, position, data }: Recorded<ResultReported>): Promise<void> {
    return this.fixes.advance(fixIdOfCommand(data.command_id), {
      input: { type: 'result', agentId: data.agent_id, result: data },
      key: `result:${position}`,
      cause: { id, position },
    });
  }

  private async onFault({ id, position, data }: Recorded<ErrorReported>): Promise<void> {
    const fixId = await this.knowledge.findLiveFix(data.target);
    if (fixId === undefined) return;
    await this.fixes.advance(fixId, {
      input: {
        type: 'fault',
        agentId: data.agent_id,
        fingerprint: data.fingerprint,
        observedAtMs: Date.parse(data.observed_at),
      },
      key: `fault:${position}`,
      cause: { id, position },
    });
  }
}

/**
 * Incidents that begin are decided about beside each other: none has anything under way yet, and of two that want the same slot
 * one has to look again. A report that comes with them is part of what they begin with. Everything else is taken in the order of
 * the log.
 */
function groupBeginnings(events: readonly Recorded<HandledEvent>[]): Recorded<HandledEvent>[][] {
  const groups: Recorded<HandledEvent>[][] = [];
  for (const event of events) {
    const last = groups.at(-1);
    if (last !== undefined && goesWith(event, last)) last.push(event);
    else groups.push([event]);
  }
  return groups;
}

function goesWith(event: Recorded<HandledEvent>, group: readonly Recorded<HandledEvent>[]): boolean {
  const [first] = group;
  if (first === undefined || !isTakenTogether(first) || !isTakenTogether(event)) return false;
  const beginnings = group.filter(({ type }) => type === 'IncidentOpened').length;
  return beginnings < BEGINNINGS_AT_ONCE && group.length < EVENTS_AT_ONCE;
}

/** That a service fails is told of by its reports. */
const isTakenTogether = (event: Recorded<HandledEvent>): boolean =>
  TAKEN_TOGETHER.has(event.type) || (event.type === 'ServiceStateChanged' && event.data.to !== 'healthy');
