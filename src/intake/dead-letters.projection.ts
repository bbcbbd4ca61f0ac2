import { parseAgentSubject } from '#libs/contracts';
import { asRecorded } from '../platform/log/domain-event.ts';
import type { Projection, Table } from '../platform/projections/projection.ts';
import type { MessageDeadLettered } from './intake.events.ts';

const deadLetters: Table = {
  name: 'dead_letters',
  kind: 'append-only',
  key: ['position'],
  columns: {
    position: 'bigint',
    recorded_at: 'timestamptz',
    subject: 'text',
    agent_id: 'text',
    reason_code: 'text',
    reason: 'text',
    deliveries: 'integer',
    original_sha256: 'text',
    original_bytes: 'bigint',
    body: 'text',
  },
};

/** One row per message that could not be taken in. */
export const deadLettersProjection: Projection = {
  name: 'dead_letters',
  version: 1,
  tables: [deadLetters],
  types: ['MessageDeadLettered' satisfies MessageDeadLettered['type']],
  parkBy: ({ position }) => String(position),
  project: (stored) =>
    asRecorded<MessageDeadLettered>([stored]).map(({ position, recordedAt, data }) => {
      const { subject, reason_code, reason, deliveries, original_sha256, original_bytes, body } = data;
      const sender = { subject, agent_id: parseAgentSubject(subject)?.agentId ?? null };
      const what = { reason_code, reason, deliveries, original_sha256, original_bytes, body };
      const row = { position, recorded_at: recordedAt.toISOString(), ...sender, ...what };
      return { kind: 'insert', table: deadLetters.name, row };
    }),
};
