import { readNumber, readObject, readText } from '../fields.ts';
import { type Law, type LogEvent, violation } from '../law.ts';
import type { Violation } from '../violation.ts';
import { CatalogueHistory } from './catalogue-history.ts';
import { type Histories, replayEvidence } from './evidence-replay.ts';
import { type Looks, readLooks, replayGuards } from './guard-replay.ts';
import { IncidentHistory } from './incident-history.ts';
import { PolicyHistory } from './policy-history.ts';
import { Sightings } from './sightings.ts';
import { StateHistory } from './state-history.ts';
import { StormHistory } from './storm-history.ts';

/** What is kept of a decision to do something. */
interface Decided {
  readonly incidentId: string;
  readonly hasAskedPersons: boolean;
  /** What spoke against acting on the fault at all. */
  readonly objection: string | undefined;
  readonly looks: Looks;
}

const NOT_LOOKED: Looks = { nowMs: Number.NaN, lagMs: Number.NaN, foundUp: [] };

/**
 * `guard-breached`, of commands: whatever the guards said, the log itself shows that it was allowed. Catalogue, policy, stops and the word
 * of the target's own agent are those of the position of the command, which is stored only while they are unchanged.
 */
export function createGuardLaw(): Law {
  const catalogue = new CatalogueHistory();
  const known = beginHistories();
  const { policy, states, storms, incidents } = known;
  const histories = Object.values(known);
  const decided = new Map<string, Decided>();
  /** What was looked at before a further attempt or an approved one, by the stream of its fix. */
  const lookedAt = new Map<string, Looks>();

  function decide(decision: LogEvent): void {
    const { id, data } = decision;
    const verdict = readText(data, 'verdict');
    if (verdict !== 'act' && verdict !== 'ask') return;
    const owner = readText(catalogue.findService(readText(data, 'target')) ?? {}, 'owner_agent');
    decided.set(id, {
      incidentId: readText(data, 'incident_id'),
      hasAskedPersons: verdict === 'ask',
      objection: replayEvidence(decision, owner, known),
      looks: readLooks(readObject(data, 'inputs')),
    });
  }

  /** What is undone has to be reachable, and may be touched at all. */
  function objectToUndo({ data }: LogEvent): string | undefined {
    const service = catalogue.findService(readText(data, 'target'));
    if (service === undefined) return 'its target is not in the catalogue';
    if (readText(service, 'owner_agent') !== readText(data, 'agent_id')) return 'another agent owns its target';
    const isNeverTouched = policy.isNeverTouched(readText(data, 'target'), readText(data, 'strategy'));
    return isNeverTouched ? 'it must never be touched' : undefined;
  }

  function objectTo({ stream, data, recordedAtMs: atMs }: LogEvent): string | undefined {
    const [target, strategy] = [readText(data, 'target'), readText(data, 'strategy')];
    const service = catalogue.findService(target);
    if (service === undefined) return 'its target is not in the catalogue';
    const isFirstAttempt = readNumber(data, 'attempt') === 1;
    const decision = decided.get(readText(data, 'decision_event_id'));
    const looks = lookedAt.get(stream) ?? (isFirstAttempt ? decision?.looks : undefined) ?? NOT_LOOKED;
    const fromMs = Number.isFinite(looks.nowMs) ? looks.nowMs : atMs;
    const wanted = { target, strategy, fromMs, atMs, isApproved: decision?.hasAskedPersons === true };
    const objection =
      replayGuards(service, { command: data, atMs, looks, states }) ??
      (isFirstAttempt ? decision?.objection : undefined) ??
      policy.objectTo(service, wanted);
    if (objection !== undefined) return objection;
    const symptom = incidents.findFault(decision?.incidentId ?? '')?.symptom ?? '';
    if (storms.wasTold(symptom)) return `a storm of ${symptom} was on`;
    const isCurrent = !isFirstAttempt || looks.lagMs <= policy.limit('max_read_model_lag_ms', '', '');
    return isCurrent ? undefined : `what was read for it was ${looks.lagMs} ms behind`;
  }

  function judge(event: LogEvent): Violation[] {
    const breach = readText(event.data, 'undoes') === '' ? objectTo(event) : objectToUndo(event);
    if (breach === undefined) return [];
    const commandId = readText(event.data, 'command_id');
    return [violation('guard-breached', `${commandId}: ${breach}`, { positions: [event.position], ids: [commandId] })];
  }

  return {
    observe(event) {
      catalogue.observe(event);
      for (const history of histories) history.observe(event);
      if (event.type === 'DecisionMade') decide(event);
      if (event.type === 'FixGuarded') {
        if ('inputs' in event.data) lookedAt.set(event.stream, readLooks(readObject(event.data, 'inputs')));
        else lookedAt.delete(event.stream);
      }
      return event.type === 'FixCommanded' ? judge(event) : [];
    },
  };
}

function beginHistories(): Histories & Record<string, { observe(event: LogEvent): void }> {
  const [policy, incidents] = [new PolicyHistory(), new IncidentHistory()];
  const storms = new StormHistory(incidents, policy);
  return { policy, incidents, sightings: new Sightings(), states: new StateHistory(), storms };
}
