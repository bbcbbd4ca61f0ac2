import type { ServiceStateChanged } from '../catalogue/service-state.events.ts';
import type {
  IncidentEscalated,
  IncidentGrew,
  IncidentMitigated,
  IncidentOpened,
  IncidentReopened,
} from '../incidents/incident.events.ts';
import type { ErrorReported, ResultReported } from '../intake/intake.events.ts';
import type { Recorded } from '../platform/log/domain-event.ts';
import type { FixWithdrawn } from './saga/fix.events.ts';
import { fixIdOfCommand } from './saga/fix-steps.ts';
import type { FleetSlotEvent } from './fleet/fleet-slot.events.ts';
import type { SlotEvent } from './slots/slot.events.ts';
import type { FixUndone } from './undo/undo.events.ts';

export type HandledEvent =
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

/** Of those that want the same place all but one have to look again. */
const DECISIONS_AT_ONCE = 32;
const EVENTS_AT_ONCE = 128;

/** The target of a live fix, if this process knows it. */
export type FindTarget = (fixId: string) => string | undefined;

/** How an event goes with others: an incident is to be decided about, something is said, or an agent answers or says that all is well. */
interface Part {
  kind: 'decision' | 'word' | 'answer';
  target?: string;
  incidentId?: string;
}

/**
 * A stretch of the log that is taken in at once: incidents to decide about, reports, results of agents, and what is only kept in
 * mind. What an agent answers comes in the order of the log with whatever else is about its target, and an incident is decided about
 * once. All other events are taken alone.
 */
export class HealingWave {
  readonly events: Recorded<HandledEvent>[] = [];
  private isAlone = false;
  /** Incidents that are decided about. */
  private readonly decided = new Set<string>();
  /** Of fixes that begin in it, which are known to nobody yet. */
  private readonly targets = new Map<string, string>();
  /** Targets that it says something of, and those of answers. */
  private readonly named = new Set<string>();
  private readonly answered = new Set<string>();

  constructor(private readonly findTarget: FindTarget) {}

  /** Whether it belongs in; if not, this wave is to be taken in first. */
  add(event: Recorded<HandledEvent>): boolean {
    const part = this.describe(event);
    if (this.events.length > 0 && !this.hasRoomFor(part)) return false;
    this.events.push(event);
    if (event.type === 'SlotReserved') this.targets.set(event.data.fix_id, event.data.target);
    if (part === undefined) this.isAlone = true;
    else this.note(part);
    return true;
  }

  private hasRoomFor(part: Part | undefined): boolean {
    if (part === undefined || this.isAlone || this.events.length >= EVENTS_AT_ONCE) return false;
    const { kind, target, incidentId } = part;
    if (kind === 'decision' && this.decided.size >= DECISIONS_AT_ONCE) return false;
    if (incidentId !== undefined && this.decided.has(incidentId)) return false;
    return target === undefined || !(kind === 'answer' ? this.named : this.answered).has(target);
  }

  private note({ kind, target, incidentId }: Part): void {
    if (incidentId !== undefined) this.decided.add(incidentId);
    if (target === undefined) return;
    this.named.add(target);
    if (kind === 'answer') this.answered.add(target);
  }

  /** `undefined` for what is taken alone. */
  private describe(event: Recorded<HandledEvent>): Part | undefined {
    switch (event.type) {
      case 'IncidentOpened':
        return { kind: 'decision', target: event.data.target, incidentId: event.data.incident_id };
      case 'IncidentGrew':
      case 'IncidentReopened':
        return { kind: 'decision', incidentId: event.data.incident_id };
      case 'ErrorReported':
        return { kind: 'word', target: event.data.target };
      case 'SlotReserved':
      case 'SlotReleased':
      case 'FleetSlotReserved':
      case 'FleetSlotReleased':
        return { kind: 'word' };
      case 'ServiceStateChanged':
        // That a service fails is told of by its reports.
        return event.data.to === 'healthy' ? { kind: 'answer', target: event.data.service_id } : { kind: 'word' };
      case 'ResultReported': {
        const fixId = fixIdOfCommand(event.data.command_id);
        const target = this.targets.get(fixId) ?? this.findTarget(fixId);
        return target === undefined ? undefined : { kind: 'answer', target };
      }
      default:
        return undefined;
    }
  }
}
