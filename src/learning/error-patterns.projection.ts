import { parameterise } from '#libs/contracts';
import type { ErrorReported } from '../intake/intake.events.ts';
import { asRecorded, type Recorded } from '../platform/log/domain-event.ts';
import { sha256Hex } from '../platform/log/log.ts';
import type { Projection, RowOperation, Table } from '../platform/projections/projection.ts';

const patterns: Table = {
  name: 'error_pattern_services',
  kind: 'current',
  key: ['pattern_id', 'service'],
  columns: {
    pattern_id: 'text',
    service: 'text',
    error_type: 'text',
    pattern: 'text',
    count: 'bigint',
    first_seen_at: 'timestamptz',
    last_seen_at: 'timestamptz',
    last_position: 'bigint',
  },
};

const ID_DIGITS = 16;
const MAX_CHARACTERS = 1_000;

/** What is said again and again, whatever varies in it: one row per parameterised message and service. */
export const errorPatternsProjection: Projection = {
  name: 'error_patterns',
  version: 1,
  tables: [patterns],
  types: ['ErrorReported' satisfies ErrorReported['type']],
  parkBy: ({ position }) => String(position),
  project: (stored) => asRecorded<ErrorReported>([stored]).map(toOperation),
};

function toOperation({ position, recordedAt, data }: Recorded<ErrorReported>): RowOperation {
  const { error, target } = data;
  const pattern = parameterise(typeof error.data['message'] === 'string' ? error.data['message'] : '');
  const at = recordedAt.toISOString();
  return {
    kind: 'upsert',
    table: patterns.name,
    key: { pattern_id: sha256Hex(`${error.type}\n${pattern}`).slice(0, ID_DIGITS), service: target },
    initial: { error_type: error.type, pattern: pattern.slice(0, MAX_CHARACTERS), first_seen_at: at },
    values: { last_seen_at: at, last_position: position },
    add: { count: 1 },
  };
}
