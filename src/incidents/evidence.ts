import { formatPosition, type JsonValue } from '#libs/contracts';
import type { ErrorReported } from '../intake/intake.events.ts';
import type { IncidentEvidence, LocatedEvidence } from './incident.events.ts';
import { classifySymptom } from './symptom.ts';

interface IdentifiedReport {
  id: string;
  data: ErrorReported['data'];
}

/** The typed facts of one stored report. */
export const locateEvidence = ({ position, ...report }: IdentifiedReport & { position: number }): LocatedEvidence => ({
  ...computeEvidence(report),
  report_position: formatPosition(position),
});

/** The typed facts of one report. */
export function computeEvidence({ id, data }: IdentifiedReport): IncidentEvidence {
  return {
    report_event_id: id,
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
export const pickEvidence = (earlier: LocatedEvidence, later: LocatedEvidence, ownerAgent?: string): LocatedEvidence =>
  weigh(later, ownerAgent) < weigh(earlier, ownerAgent) ? earlier : later;

function weigh({ agent_class: agentClass, agent_id: agentId }: IncidentEvidence, ownerAgent?: string): number {
  if (agentClass !== 'service') return 0;
  return agentId === ownerAgent ? 2 : 1;
}

const countOf = (value: JsonValue | undefined): number =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : 0;
