import { asRecorded, type Recorded } from '../../platform/log/domain-event.ts';
import type { Projection, RowOperation, Table } from '../../platform/projections/projection.ts';
import type { FixEvent, TimerName } from './fix.events.ts';

type TimerEvent = Extract<
  FixEvent,
  { type: 'TimerSet' | 'TimerFired' | 'FixHealed' | 'FixEscalated' | 'FixAbandoned' | 'FixWithdrawn' | 'FixUndone' }
>;

const TIMERS: Record<TimerName, true> = {
  approval: true,
  acknowledge: true,
  result: true,
  retry: true,
  probe: true,
  'verification-deadline': true,
  undo: true,
};

const timers: Table = {
  name: 'fix_timers',
  kind: 'current',
  key: ['fix_id', 'name'],
  columns: {
    fix_id: 'text',
    name: 'text',
    generation: 'integer',
    due_at: 'timestamptz',
    event_id: 'uuid',
    position: 'bigint',
  },
};

/** Which timers are set: one row for each name of a fix, gone when it has fired or the fix has ended. */
export const fixTimersProjection: Projection = {
  name: 'fix_timers',
  version: 1,
  tables: [timers],
  types: [
    'TimerSet',
    'TimerFired',
    'FixHealed',
    'FixEscalated',
    'FixAbandoned',
    'FixWithdrawn',
    'FixUndone',
  ] satisfies TimerEvent['type'][],
  project: (stored) => asRecorded<TimerEvent>([stored]).flatMap(toOperations),
};

function toOperations(event: Recorded<TimerEvent>): RowOperation[] {
  const table = timers.name;
  switch (event.type) {
    case 'TimerSet': {
      const { fix_id, name, generation, due_at } = event.data;
      const values = { generation, due_at, event_id: event.id, position: event.position };
      return [{ kind: 'upsert', table, key: { fix_id, name }, values }];
    }
    case 'TimerFired': {
      const { fix_id, name, generation } = event.data;
      return [{ kind: 'delete', table, key: { fix_id, name }, when: { generation } }];
    }
    case 'FixHealed':
    case 'FixEscalated':
    case 'FixAbandoned':
    case 'FixWithdrawn':
    case 'FixUndone':
      return Object.keys(TIMERS).map((name) => ({ kind: 'delete', table, key: { fix_id: event.data.fix_id, name } }));
  }
}
