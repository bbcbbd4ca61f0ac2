import type { TimelineEntry } from '../api/incident.schema.ts';

interface Milestone {
  name: string;
  /** After the fault was observed. */
  afterMs: number;
}

const MILESTONES: readonly { name: string; types: readonly string[] }[] = [
  { name: 'reported', types: ['ErrorReported'] },
  { name: 'decided', types: ['DecisionMade'] },
  { name: 'fix done', types: ['FixExecuted'] },
  { name: 'verdict', types: ['VerdictReached'] },
  { name: 'ended', types: ['IncidentResolved', 'IncidentEscalated'] },
];

/** How long detection, decision, repair and proof took; what hasn't happened is left out. */
export const computeMilestones = (timeline: readonly TimelineEntry[]): Milestone[] =>
  MILESTONES.flatMap(({ name, types }) => {
    const first = timeline.find(({ type }) => types.includes(type));
    return first === undefined ? [] : [{ name, afterMs: first.since_opened_ms }];
  });
