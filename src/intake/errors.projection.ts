import { asRecorded, type Recorded } from '../platform/log/domain-event.ts';
import type { Projection, Row, Table } from '../platform/projections/projection.ts';
import type { ErrorReported } from './intake.events.ts';
import { readMessage } from './error-message.ts';

const errors: Table = {
  name: 'errors',
  kind: 'append-only',
  key: ['position'],
  columns: {
    position: 'bigint',
    report_id: 'text',
    agent_id: 'text',
    agent_class: 'text',
    service: 'text',
    source: 'text',
    error_type: 'text',
    severity: 'text',
    fingerprint: 'text',
    message: 'text',
    release: 'text',
    session_id: 'text',
    observed_at: 'timestamptz',
    recorded_at: 'timestamptz',
    age_ms: 'bigint',
    tried_strategy: 'text',
    tried_success: 'boolean',
  },
};

/** One row per report. */
export const errorsProjection: Projection = {
  name: 'errors',
  version: 1,
  tables: [errors],
  types: ['ErrorReported' satisfies ErrorReported['type']],
  parkBy: ({ position }) => String(position),
  project: (stored) =>
    asRecorded<ErrorReported>([stored]).map((event) => ({ kind: 'insert', table: errors.name, row: toRow(event) })),
};

function toRow({ position, recordedAt, data }: Recorded<ErrorReported>): Row {
  const { error, fix, agent_id, agent_class, target, fingerprint, release, session_id, observed_at, age_ms } = data;
  return {
    position,
    report_id: error.id,
    agent_id,
    agent_class,
    service: target,
    source: error.source,
    error_type: error.type,
    severity: error.severity,
    fingerprint,
    message: readMessage(error),
    release: release ?? null,
    session_id: session_id ?? null,
    observed_at,
    recorded_at: recordedAt.toISOString(),
    age_ms: Math.round(age_ms),
    tried_strategy: fix?.strategy ?? null,
    tried_success: fix?.success ?? null,
  };
}
