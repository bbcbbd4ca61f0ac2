import { asRecorded } from '../platform/log/domain-event.ts';
import type { Projection, Row, Table } from '../platform/projections/projection.ts';
import type { DecisionMade } from './decision.events.ts';

const decisions: Table = {
  name: 'decisions',
  kind: 'append-only',
  key: ['position'],
  columns: {
    position: 'bigint',
    decision_id: 'text',
    incident_id: 'text',
    service: 'text',
    fingerprint: 'text',
    decided_at: 'timestamptz',
    decided_by: 'text',
    rules_version: 'text',
    rule: 'text',
    choice: 'text',
    verdict: 'text',
    reason_code: 'text',
    candidates: 'json',
    guards: 'json',
    inputs: 'json',
    inputs_sha256: 'text',
    read_position: 'bigint',
  },
};

/** One row per decision: why this fix, why not that one, and why nothing was done. */
export const decisionsProjection: Projection = {
  name: 'decisions',
  version: 1,
  tables: [decisions],
  types: ['DecisionMade' satisfies DecisionMade['type']],
  parkBy: ({ position }) => String(position),
  project: (stored) =>
    asRecorded<DecisionMade>([stored]).map(({ data, position, recordedAt }) => {
      const row = { position, decided_at: recordedAt.toISOString(), ...toCells(data) };
      return { kind: 'insert', table: decisions.name, row };
    }),
};

function toCells({ target, candidates, guards, inputs, read_position, ...data }: DecisionMade['data']): Row {
  const { decision_id, incident_id, fingerprint, decided_by, rules_version, rule, choice, verdict, reason_code } = data;
  const what = { decision_id, incident_id, service: target, fingerprint, decided_by, rules_version, rule };
  const outcome = { choice, verdict, reason_code };
  return {
    ...what,
    ...outcome,
    candidates: JSON.stringify(candidates),
    guards: JSON.stringify(guards),
    inputs: JSON.stringify(inputs),
    inputs_sha256: data.inputs_sha256,
    read_position: Number(read_position),
  };
}
