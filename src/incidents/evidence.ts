import { formatPosition, type JsonValue } from '#libs/contracts';
import type { ErrorReported } from '../intake/intake.events.ts';
import type { IncidentEvidence } from './incident.events.ts';
import { classifySymptom } from './symptom.ts';

/** The typed facts of one stored report. */
export function computeEvidence(event: { id: string; position: number; data: ErrorReported['data'] }): IncidentEvidence {
  const { data } = event;
  return {
    report_event_id: event.id,
    report_position: formatPosition(event.position),
    agent_id: data.agent_id,
    agent_class: data.agent_class,
    source: data.error.source,
    symptom: classifySymptom(data.error),
    observed_at: data.observed_at,
    exited: data.error.data['reason'] === 'exited',
    consecutive_failures: countOf(data.error.data['consecutive_failures']),
  };
}

const countOf = (value: JsonValue | undefined): number =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : 0;
