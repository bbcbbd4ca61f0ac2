import { readNumber, readText } from '../fields.ts';
import { type Law, type LogEvent, violation } from '../law.ts';
import type { Violation } from '../violation.ts';

interface Verification {
  readonly requiredClean: number;
  cleanInARow: number;
  goodFor?: string;
}

const MAX_EXPOSURES = 300;

/** Three over half the failure rate before the fix, rounded up; what is no rate asks for the most. */
function computeRequiredClean(failureRate: number): number {
  const isRate = failureRate > 0 && failureRate <= 1;
  return isRate ? Math.min(Math.ceil(3 / (failureRate / 2)), MAX_EXPOSURES) : MAX_EXPOSURES;
}

/**
 * `resolved-without-verification`: a good verdict rests on as many clean probes of our own in a row as the failure rate before
 * the fix asks for, computed and counted here and taken neither from the verification nor from the verdict; and an incident is
 * resolved only by such a verdict on its own fix.
 */
export function createResolutionLaw(): Law {
  const fixes = new Map<string, Verification>();
  const find = ({ data }: LogEvent): Verification | undefined => fixes.get(readText(data, 'fix_id'));

  function reachVerdict(event: LogEvent): Violation[] {
    if (!['verified', 'superseded'].includes(readText(event.data, 'verdict'))) return [];
    const fixId = readText(event.data, 'fix_id');
    const { requiredClean, cleanInARow } = find(event) ?? { requiredClean: MAX_EXPOSURES, cleanInARow: 0 };
    fixes.set(fixId, { requiredClean, cleanInARow, goodFor: readText(event.data, 'incident_id') });
    if (cleanInARow >= requiredClean) return [];
    const sentence = `${fixId} was found good after ${cleanInARow} clean probes in a row of ${requiredClean}`;
    return [violation('resolved-without-verification', sentence, { positions: [event.position], ids: [fixId] })];
  }

  function resolve(event: LogEvent): Violation[] {
    const incidentId = readText(event.data, 'incident_id');
    if (find(event)?.goodFor === incidentId) return [];
    const sentence = `${incidentId} was resolved, and nothing was verified before`;
    return [violation('resolved-without-verification', sentence, { positions: [event.position], ids: [incidentId] })];
  }

  return {
    observe(event) {
      switch (event.type) {
        case 'FixObserved': {
          const requiredClean = computeRequiredClean(readNumber(event.data, 'failure_rate_before'));
          fixes.set(readText(event.data, 'fix_id'), { requiredClean, cleanInARow: 0 });
          return [];
        }
        case 'VerificationStarted': {
          const verification = find(event);
          if (verification) verification.cleanInARow = 0;
          return [];
        }
        case 'ProbeObserved': {
          const verification = find(event);
          if (verification) verification.cleanInARow = event.data['ok'] === true ? verification.cleanInARow + 1 : 0;
          return [];
        }
        case 'VerdictReached':
          return reachVerdict(event);
        case 'IncidentResolved':
          return resolve(event);
        default:
          return [];
      }
    },
  };
}
