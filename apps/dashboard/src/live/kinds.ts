import { isBookkeeping, type LogEvent } from '#libs/contracts';

/** What a reader of the stream may want to see by itself. */
export const KINDS = [
  'story',
  'incidents',
  'decisions',
  'fixes',
  'checks',
  'services',
  'reports',
  'access',
  'everything',
] as const;
export type Kind = (typeof KINDS)[number];

const OF_TYPE: ReadonlyMap<string, Kind> = new Map(
  Object.entries({
    incidents: [
      'IncidentOpened',
      'IncidentGrew',
      'IncidentHealing',
      'IncidentMitigated',
      'IncidentReopened',
      'IncidentResolved',
      'IncidentEscalated',
      'EscalationRaised',
      'EscalationJoined',
      'EscalationClosed',
      'NotificationRequested',
      'NotificationStarted',
      'NotificationSent',
      'NotificationFailed',
      'NotificationGivenUp',
    ],
    decisions: ['DecisionMade', 'FixGuarded', 'StormDetected', 'StormEnded', 'PolicyChanged', 'FreezeBegun', 'FreezeEnded'],
    fixes: [
      'FixObserved',
      'FixCommanded',
      'FixAcknowledged',
      'FixExecuted',
      'FixAttemptFailed',
      'OutcomeUnknown',
      'FixHealed',
      'FixEscalated',
      'FixAbandoned',
      'FixWithdrawn',
      'UndoBegun',
      'StepUndone',
      'FixUndone',
      'ApprovalRequested',
      'ApprovalGranted',
      'ApprovalRejected',
      'TimerSet',
    ],
    checks: ['VerificationStarted', 'ProbeObserved', 'VerdictReached', 'VerdictRevoked'],
    services: [
      'ServiceRegistered',
      'ServiceChanged',
      'ServiceRetired',
      'ServiceStateChanged',
      'AgentRegistered',
      'AgentChanged',
      'AgentRetired',
    ],
    reports: ['ErrorReported', 'ResultReported', 'MessageDeadLettered'],
    access: ['ApiKeyCreated', 'ApiKeyRevoked', 'HealingStopped', 'HealingResumed'],
  } satisfies Partial<Record<Kind, string[]>>).flatMap(([kind, types]) =>
    types.map((type): [string, Kind] => [type, toKind(kind)]),
  ),
);

function toKind(name: string): Kind {
  return KINDS.find((kind) => kind === name) ?? 'story';
}

/** Under which kinds an event is shown. A type that this page doesn't know belongs to the story: better seen than missed. */
export function kindsOf(event: Pick<LogEvent, 'type' | 'data'>): Kind[] {
  if (isBookkeeping(event)) return ['everything'];
  const own = OF_TYPE.get(event.type);
  return own === undefined ? ['everything', 'story'] : ['everything', 'story', own];
}
