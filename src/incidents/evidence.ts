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

/** The later one, unless the earlier one weighs more: what anybody reports of a service never hides what its own agent saw. */
export const pickEvidence = (earlier: IncidentEvidence, later: IncidentEvidence, ownerAgent?: string): IncidentEvidence =>
  weigh(later, ownerAgent) < weigh(earlier, ownerAgent) ? earlier : later;

function weigh({ agent_class: agentClass, agent_id: agentId }: IncidentEvidence, ownerAgent?: string): number {
  if (agentClass !== 'service') return 0;
  return agentId === ownerAgent ? 2 : 1;
}

const countOf = (value: JsonValue | undefined): number =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : 0;
