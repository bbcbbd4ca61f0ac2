import { readNumber, readObject, readText } from '../fields.ts';
import type { LogEvent } from '../law.ts';
import type { IncidentHistory } from './incident-history.ts';
import type { LimitName, PolicyHistory } from './policy-history.ts';
import type { Sighting, Sightings } from './sightings.ts';
import type { StateHistory } from './state-history.ts';
import type { StormHistory } from './storm-history.ts';
import { CLOCKS_MS } from './tolerances.ts';

const HOUR_MS = 3_600_000;

/** What the log has told so far. */
export interface Histories {
  readonly policy: PolicyHistory;
  readonly sightings: Sightings;
  readonly incidents: IncidentHistory;
  readonly states: StateHistory;
  readonly storms: StormHistory;
}

/**
 * The guards that speak of the fault, asked again at the decision: is it shown by the target's own agent, fresh, lasting, not said to be
 * over since, told by too many at once, or back for the third time? What was looked at before stored time (`now_ms`) is another law's
 * business; here it counts only for the age of the evidence, and a probe only where that is old.
 */
export function replayEvidence(decision: LogEvent, owner: string, known: Histories): string | undefined {
  const { data } = decision;
  const evidence = readObject(readObject(data, 'inputs'), 'evidence');
  const reportId = readText(evidence, 'report_event_id');
  const witness = readText(evidence, 'agent_id');
  const sighting = known.sightings.find(reportId);
  if (sighting === undefined) return 'no report of a service agent is stored before it that its evidence names';
  const fault = known.incidents.findFault(readText(data, 'incident_id'));
  if (fault?.evidenceId !== reportId) return 'its evidence is not what its incident was shown by last';
  if (witness !== owner) return `its evidence is the word of ${witness}, and not of ${owner}`;
  if (sighting.agentId !== witness) return `the report that its evidence names is of ${sighting.agentId}`;
  if (sighting.target !== readText(data, 'target')) return `its evidence speaks of ${sighting.target}`;
  return objectToSymptom(decision, sighting, known) ?? objectToReturn(decision, known);
}

const limitsAt =
  ({ policy }: Histories, { data }: LogEvent) =>
  (name: LimitName): number =>
    policy.limit(name, readText(data, 'target'), readText(data, 'choice'));

function objectToSymptom(decision: LogEvent, sighting: Sighting, known: Histories): string | undefined {
  const limit = limitsAt(known, decision);
  const inputs = readObject(decision.data, 'inputs');
  if (!sighting.exited && !(sighting.failedChecks >= limit('min_failed_checks'))) return 'its symptom had not persisted';
  const isFresh = readNumber(inputs, 'now_ms') - sighting.observedAtMs <= limit('max_evidence_age_ms');
  // What is old is looked at again: only a probe of our own that failed speaks for it.
  if (!isFresh && readObject(inputs, 'probe')['ok'] !== false) return 'its evidence was stale';
  const healthySinceMs = known.states.findHealthySince(readText(decision.data, 'target')) ?? -Infinity;
  return healthySinceMs > sighting.observedAtMs + CLOCKS_MS ? 'its agent had called it healthy since' : undefined;
}

/** The later of both clocks: what has left a window by one of them had left it for somebody. */
function objectToReturn(decision: LogEvent, known: Histories): string | undefined {
  const { data, recordedAtMs } = decision;
  const atMs = Math.max(recordedAtMs, readNumber(readObject(data, 'inputs'), 'now_ms'));
  const fault = known.incidents.findFault(readText(data, 'incident_id'));
  if (fault === undefined) return 'its incident was never opened';
  if (known.storms.wasOn(fault.symptom, Number(readText(data, 'read_position')), atMs))
    return `too many targets were failing alike, by ${fault.symptom}`;
  const returns = fault.healedAtMs.filter((healedAtMs) => healedAtMs > atMs - HOUR_MS + CLOCKS_MS).length;
  return returns < limitsAt(known, decision)('max_returns_per_hour') ? undefined : `its fault was back for time ${returns}`;
}
