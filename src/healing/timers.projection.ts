import { asRecorded, type Recorded } from '../platform/log/domain-event.ts';
import type { Projection, RowOperation } from '../platform/projections/projection.ts';
import type { FixEvent } from './fix.events.ts';

type TimerEvent = Extract<FixEvent, { type: 'TimerSet' | 'TimerFired' | 'FixHealed' | 'FixEscalated' | 'FixWithdrawn' }>;

const TABLE = 'fix_timers';

/** Which timers are set: one row for each name of a fix, gone when it has fired or the fix has ended. */
export const timersProjection: Projection = {
  name: 'fix_timers',
  types: ['TimerSet', 'TimerFired', 'FixHealed', 'FixEscalated', 'FixWithdrawn'] satisfies TimerEvent['type'][],
  project: (stored) => asRecorded<TimerEvent>([stored]).flatMap(toOperations),
};

function toOperations(event: Recorded<TimerEvent>): RowOperation[] {
  switch (event.type) {
    case 'TimerSet': {
      const { fix_id, name, generation, due_at } = event.data;
      return [
        {
          kind: 'upsert',
          table: TABLE,
          key: { fix_id, name },
          values: { generation, due_at, event_id: event.id, position: event.position },
        },
      ];
    }
    case 'TimerFired': {
      const { fix_id, name, generation } = event.data;
      return [{ kind: 'delete', table: TABLE, key: { fix_id, name, generation } }];
    }
    case 'FixHealed':
    case 'FixEscalated':
    case 'FixWithdrawn':
      return [{ kind: 'delete', table: TABLE, key: { fix_id: event.data.fix_id } }];
  }
}
