import { asRecorded, type Recorded } from '../platform/log/domain-event.ts';
import type { Projection, Row, RowOperation, Table } from '../platform/projections/projection.ts';
import type { EscalationEvent, EscalationJoined, EscalationRaised } from './escalation.events.ts';

const escalations: Table = {
  name: 'escalations',
  kind: 'current',
  key: ['escalation_id'],
  columns: {
    escalation_id: 'text',
    root: 'text',
    kind: 'text',
    service: 'text',
    state: 'text',
    reason_code: 'text',
    incidents: 'bigint',
    opened_at: 'timestamptz',
    closed_at: 'timestamptz',
    notified_at: 'timestamptz',
    attempts: 'integer',
    next_attempt_at: 'timestamptz',
  },
};

/** Which incidents are in which escalation. */
const members: Table = {
  name: 'escalation_incidents',
  kind: 'current',
  key: ['escalation_id', 'incident_id'],
  columns: { escalation_id: 'text', incident_id: 'text', service: 'text', joined_at: 'timestamptz' },
};

/** One row per escalation, with what is to be sent next. */
export const escalationsProjection: Projection = {
  name: 'escalations',
  version: 1,
  tables: [escalations, members],
  types: [
    'EscalationRaised',
    'EscalationJoined',
    'EscalationClosed',
    'NotificationStarted',
    'NotificationSent',
    'NotificationFailed',
    'NotificationGivenUp',
    'NotificationRequested',
  ] satisfies EscalationEvent['type'][],
  project: (stored) => asRecorded<EscalationEvent>([stored]).flatMap(toOperations),
};

function toOperations(event: Recorded<EscalationEvent>): RowOperation[] {
  const key = { escalation_id: event.data.escalation_id };
  const at = event.recordedAt.toISOString();
  const change = (values: Row, when?: Row): RowOperation[] => [
    { kind: 'update', table: escalations.name, key, values, ...(when === undefined ? {} : { when }) },
  ];
  switch (event.type) {
    case 'EscalationRaised': {
      const { root, kind, service, reason_code } = event.data;
      const begun = { root, kind, service: service ?? null, reason_code, state: 'open', attempts: 0 };
      const values = { ...begun, opened_at: at, next_attempt_at: at };
      return [{ kind: 'upsert', table: escalations.name, key, values, add: countOf(event) }, ...membersOf(event)];
    }
    case 'EscalationJoined':
      return [
        // It was over before anybody was told, and isn't.
        ...change({ next_attempt_at: at }, { attempts: 0, state: 'closed' }),
        {
          kind: 'upsert',
          table: escalations.name,
          key,
          values: { root: event.data.root, state: 'open', closed_at: null },
          add: countOf(event),
        },
        ...membersOf(event),
      ];
    case 'EscalationClosed':
      return [...change({ state: 'closed', closed_at: at }), ...change({ next_attempt_at: null }, { attempts: 0 })];
    case 'NotificationStarted':
      return change({ attempts: event.data.attempt, next_attempt_at: event.data.lapses_at });
    case 'NotificationSent':
      return change({ notified_at: at, next_attempt_at: null });
    case 'NotificationFailed':
      return change({ next_attempt_at: event.data.next_at ?? null }, { attempts: event.data.attempt });
    case 'NotificationGivenUp':
      return change({ next_attempt_at: null });
    case 'NotificationRequested':
      return change({ next_attempt_at: at });
  }
}

type MemberEvent = Recorded<EscalationRaised | EscalationJoined>;

const countOf = ({ data }: MemberEvent): { incidents: number } => ({ incidents: data.incident_id === undefined ? 0 : 1 });

function membersOf({ data: { escalation_id, incident_id, service }, recordedAt }: MemberEvent): RowOperation[] {
  if (incident_id === undefined) return [];
  const values = { service: service ?? null, joined_at: recordedAt.toISOString() };
  return [{ kind: 'upsert', table: members.name, key: { escalation_id, incident_id }, values }];
}
