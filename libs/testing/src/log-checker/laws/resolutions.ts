import type { JsonObject } from '#libs/contracts';
import { readNumber, readObject, readText, readTexts } from '../fields.ts';
import { type Law, type LogEvent, violation } from '../law.ts';
import type { Violation } from '../violation.ts';

interface Verification {
  readonly agentId: string;
  readonly requiredClean: number;
  /** Own probes and exposures that others counted. */
  cleanInARow: number;
  /** Whether what is clean next goes on with these. */
  goesOn: boolean;
  counted: Counted;
  goodFor?: string;
}

/** What agents have counted up to a look: failed ones and those that a retry hid by all, clean ones by others than the fixing one. */
interface Counted {
  readonly clean: number;
  readonly failed: number;
  readonly masked: number;
}

const NOTHING: Counted = { clean: 0, failed: 0, masked: 0 };

const MAX_EXPOSURES = 300;

/** Three over half the failure rate before the fix, rounded up; what is no rate asks for the most. */
function computeRequiredClean(failureRate: number): number {
  const isRate = failureRate > 0 && failureRate <= 1;
  return isRate ? Math.min(Math.ceil(3 / (failureRate / 2)), MAX_EXPOSURES) : MAX_EXPOSURES;
}

const beginVerification = (agentId: string, requiredClean: number): Verification => ({
  agentId,
  requiredClean,
  cleanInARow: 0,
  goesOn: true,
  counted: NOTHING,
});

/** What the agent that fixed has counted never speaks for its fix, wherever the event has it. */
function readCounted({ data }: LogEvent, agentId: string): Counted {
  const exposures = readObject(data, 'exposures');
  const [others, own] = [readObject(exposures, 'others'), readObject(exposures, 'own')];
  const isOwn = readTexts(exposures, 'counted_by').includes(agentId);
  const unclean = (name: string): number => count(others, name) + count(own, name);
  const clean = isOwn ? 0 : count(others, 'total') - count(others, 'failed') - count(others, 'masked');
  return { clean, failed: unclean('failed'), masked: unclean('masked') };
}

const count = (counts: JsonObject, name: string): number => readNumber(counts, name) || 0;

/** A failed probe or a hidden failure ends the run; between failed exposures there is one of a length that is sure. */
function look(verification: Verification, event: LogEvent): void {
  const { counted: before, agentId } = verification;
  const counted = 'exposures' in event.data ? readCounted(event, agentId) : before;
  const [clean, failed] = [counted.clean - before.clean, counted.failed - before.failed];
  const isClean = event.data['ok'] === true && counted.masked === before.masked;
  const earlier = verification.goesOn ? verification.cleanInARow : 0;
  verification.counted = counted;
  verification.goesOn = !isClean || failed === 0;
  if (!isClean) verification.cleanInARow = 0;
  else verification.cleanInARow = failed === 0 ? earlier + 1 + clean : Math.floor(clean / (failed + 1));
}

/**
 * `resolved-without-verification`: a good verdict rests on as many clean exposures in a row, own probes and what others than the
 * fixing agent counted, as the failure rate before the fix asks for, with the last probe clean. All this is computed and counted
 * here and taken neither from the verification nor from the verdict; and an incident is resolved only by such a verdict on its own
 * fix.
 */
export function createResolutionLaw(): Law {
  const fixes = new Map<string, Verification>();
  const find = ({ data }: LogEvent): Verification | undefined => fixes.get(readText(data, 'fix_id'));

  function reachVerdict(event: LogEvent): Violation[] {
    if (!['verified', 'superseded'].includes(readText(event.data, 'verdict'))) return [];
    const fixId = readText(event.data, 'fix_id');
    const verification = find(event) ?? beginVerification('', MAX_EXPOSURES);
    const { requiredClean, cleanInARow } = verification;
    fixes.set(fixId, { ...verification, goodFor: readText(event.data, 'incident_id') });
    if (cleanInARow >= requiredClean) return [];
    const sentence = `${fixId} was found good after ${cleanInARow} clean exposures in a row of ${requiredClean}`;
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
          fixes.set(readText(event.data, 'fix_id'), beginVerification(readText(event.data, 'agent_id'), requiredClean));
          return [];
        }
        case 'VerificationStarted': {
          const verification = find(event);
          if (verification) Object.assign(verification, { cleanInARow: 0, goesOn: true, counted: NOTHING });
          return [];
        }
        case 'ProbeObserved': {
          const verification = find(event);
          if (verification) look(verification, event);
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
