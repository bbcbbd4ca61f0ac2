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

/**
 * What was seen later, however late the earlier one came in; unless the earlier one weighs more: what anybody reports of a service never
 * hides what its own agent saw.
 */
export function pickEvidence(known: LocatedEvidence, added: LocatedEvidence, ownerAgent?: string): LocatedEvidence {
  const difference = weigh(added, ownerAgent) - weigh(known, ownerAgent);
  if (difference !== 0) return difference > 0 ? added : known;
  return Date.parse(added.observed_at) < Date.parse(known.observed_at) ? known : added;
}

function weigh({ agent_class: agentClass, agent_id: agentId }: IncidentEvidence, ownerAgent?: string): number {
  if (agentClass !== 'service') return 0;
  return agentId === ownerAgent ? 2 : 1;
}

const countOf = (value: JsonValue | undefined): number =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : 0;
