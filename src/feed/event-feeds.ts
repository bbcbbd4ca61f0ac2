import type { Feed } from '#libs/contracts';
import type { AccessEvent } from '../access/access.events.ts';
import type { CatalogueEvent } from '../catalogue/catalogue.events.ts';
import type { ServiceStateChanged } from '../catalogue/service-state.events.ts';
import type { DecisionMade } from '../decisions/decision.events.ts';
import type { EscalationEvent } from '../escalations/escalation.events.ts';
import type { FixEvent } from '../healing/saga/fix.events.ts';
import type { ControlEvent } from '../healing/control/control.events.ts';
import type { FleetSlotEvent } from '../healing/fleet/fleet-slot.events.ts';
import type { PolicyEvent } from '../healing/policy/policy.events.ts';
import type { SlotEvent } from '../healing/slots/slot.events.ts';
import type { StormEvent } from '../healing/storm/storm.events.ts';
import type { IncidentEvent } from '../incidents/incident.events.ts';
import type { ErrorReported, MessageDeadLettered, ResultReported } from '../intake/intake.events.ts';

type EventType =
  | CatalogueEvent['type']
  | ServiceStateChanged['type']
  | ErrorReported['type']
  | ResultReported['type']
  | MessageDeadLettered['type']
  | IncidentEvent['type']
  | DecisionMade['type']
  | FixEvent['type']
  | EscalationEvent['type']
  | SlotEvent['type']
  | FleetSlotEvent['type']
  | ControlEvent['type']
  | PolicyEvent['type']
  | StormEvent['type']
  | AccessEvent['type'];

/**
 * The feed that each event goes to, or none. An event is in one feed at most, so that whoever follows all of them gets nothing
 * twice. Errors are followed together with the incidents that they are grouped into; what an agent says of a command, and each
 * probe, belong to the fix.
 */
export const EVENT_FEEDS: Readonly<Record<EventType, Feed | 'none'>> = {
  ErrorReported: 'errors',
  IncidentOpened: 'errors',
  IncidentGrew: 'errors',
  IncidentHealing: 'errors',
  IncidentMitigated: 'errors',
  IncidentReopened: 'errors',
  IncidentResolved: 'errors',
  IncidentEscalated: 'errors',
  EscalationRaised: 'errors',
  EscalationJoined: 'errors',
  EscalationClosed: 'errors',

  FixObserved: 'fixes',
  FixGuarded: 'fixes',
  ApprovalRequested: 'fixes',
  ApprovalGranted: 'fixes',
  ApprovalRejected: 'fixes',
  FixCommanded: 'fixes',
  FixAcknowledged: 'fixes',
  FixExecuted: 'fixes',
  FixAttemptFailed: 'fixes',
  OutcomeUnknown: 'fixes',
  ResultReported: 'fixes',
  VerificationStarted: 'fixes',
  ProbeObserved: 'fixes',
  VerdictReached: 'fixes',
  VerdictRevoked: 'fixes',
  FixHealed: 'fixes',
  FixEscalated: 'fixes',
  FixAbandoned: 'fixes',
  FixWithdrawn: 'fixes',
  UndoBegun: 'fixes',
  StepUndone: 'fixes',
  FixUndone: 'fixes',

  DecisionMade: 'decisions',
  // What decisions are taken under.
  HealingStopped: 'decisions',
  HealingResumed: 'decisions',
  PolicyChanged: 'decisions',
  FreezeBegun: 'decisions',
  FreezeEnded: 'decisions',
  StormDetected: 'decisions',
  StormEnded: 'decisions',

  ServiceRegistered: 'services',
  ServiceChanged: 'services',
  ServiceRetired: 'services',
  AgentRegistered: 'services',
  AgentChanged: 'services',
  AgentRetired: 'services',
  ServiceStateChanged: 'services',

  // How the orchestrator keeps its own order; nobody outside acts on it.
  TimerSet: 'none',
  TimerFired: 'none',
  SlotReserved: 'none',
  SlotReleased: 'none',
  FleetSlotReserved: 'none',
  FleetSlotReleased: 'none',
  // Whether the webhook was heard is for whoever runs the system.
  NotificationStarted: 'none',
  NotificationSent: 'none',
  NotificationFailed: 'none',
  NotificationGivenUp: 'none',
  NotificationRequested: 'none',
  // Who may do what is nobody's business outside.
  ApiKeyCreated: 'none',
  ApiKeyRevoked: 'none',
  // What could not be understood is for whoever runs the system, not for those who analyse what it understood.
  MessageDeadLettered: 'none',
};

const FEED_OF_TYPE: ReadonlyMap<string, Feed> = new Map(
  Object.entries(EVENT_FEEDS).flatMap(([type, feed]) => (feed === 'none' ? [] : [[type, feed] as const])),
);

/** Every type that is in a feed. */
export const FED_TYPES: readonly string[] = [...FEED_OF_TYPE.keys()];

/** The feed of an event; none for what nobody outside needs. */
export const findFeed = (type: string): Feed | undefined => FEED_OF_TYPE.get(type);
