import {
  type EscalatedIncident,
  explainReason,
  formatPosition,
  type GuardObjection,
  shorten,
  type TriedFix,
} from '#libs/contracts';
import type { StoredEvent } from '#libs/event-store';
import type { DecisionMade, GuardWord } from '../../decisions/decision.events.ts';
import type {
  FixAttemptFailed,
  FixCommanded,
  FixExecuted,
  FixGuarded,
  OutcomeUnknown,
  ProbeObserved,
  VerdictReached,
} from '../../healing/saga/fix.events.ts';
import type { StepUndone } from '../../healing/undo/undo.events.ts';
import type { IncidentEscalated, IncidentEvent, IncidentGrew, IncidentOpened } from '../../incidents/incident.events.ts';
import { type DomainEvent, type Recorded, selectRecorded } from '../../platform/log/domain-event.ts';

/** What somebody reads of one incident; the story has the rest. */
const MAX_TRIED = 10;
const MAX_OBJECTIONS = 25;
/** Codes of foreign agents may be long. */
const MAX_CODE = 200;

const STATES: ReadonlyMap<string, string> = new Map<IncidentEvent['type'], string>([
  ['IncidentOpened', 'open'],
  ['IncidentHealing', 'healing'],
  ['IncidentMitigated', 'mitigated'],
  ['IncidentReopened', 'open'],
  ['IncidentResolved', 'resolved'],
  ['IncidentEscalated', 'escalated'],
]);

const explain = (code: string): { reason_code: string; reason: string } => {
  const reason_code = shorten(code, MAX_CODE);
  return { reason_code, reason: explainReason(reason_code) };
};

/** An incident from the events that belong to it, in their order; nothing where its beginning is not among them. */
export function tellIncident(events: readonly StoredEvent[]): EscalatedIncident | undefined {
  const [opened] = selectRecorded<IncidentOpened>(events, ['IncidentOpened']);
  if (opened === undefined) return undefined;
  const { incident_id, target: service, severity, opened_at, evidence } = opened.data;
  const escalated = last<IncidentEscalated>(events, 'IncidentEscalated');
  return {
    incident_id,
    service,
    state: events.flatMap(({ type }) => STATES.get(type) ?? []).at(-1) ?? 'open',
    symptom: evidence.symptom,
    severity,
    opened_at,
    ...explain(escalated?.data.reason_code ?? 'unknown'),
    tried: listTried(events),
    objections: listObjections(events),
    evidence: collectEvidence(events, opened),
  };
}

const last = <E extends DomainEvent>(events: readonly StoredEvent[], type: E['type']): Recorded<E> | undefined =>
  selectRecorded<E>(events, [type]).at(-1);

function collectEvidence(events: readonly StoredEvent[], opened: Recorded<IncidentOpened>): EscalatedIncident['evidence'] {
  const grown = last<IncidentGrew>(events, 'IncidentGrew');
  const { evidence } = (grown ?? opened).data;
  const probes = selectRecorded<ProbeObserved>(events, ['ProbeObserved']);
  const probes_ok = probes.filter(({ data }) => data.ok).length;
  return {
    error_type: opened.data.error_type,
    fingerprint: opened.data.fingerprint,
    reports: grown?.data.count ?? 1,
    last_report_position: evidence.report_position ?? formatPosition(opened.position - 1),
    consecutive_failures: evidence.consecutive_failures,
    exited: evidence.exited,
    probes_ok,
    probes_failed: probes.length - probes_ok,
    last_probe: probes.at(-1)?.data.reason_code ?? null,
  };
}

function listTried(events: readonly StoredEvent[]): TriedFix[] {
  const all = selectRecorded<FixCommanded>(events, ['FixCommanded']);
  const commands = all.filter(({ data }) => data.undoes === undefined).slice(-MAX_TRIED);
  const done = new Set(selectRecorded<FixExecuted>(events, ['FixExecuted']).map(({ data }) => data.command_id));
  const begun = new Set(all.map(({ data }) => data.undoes));
  const undone = new Set(selectRecorded<StepUndone>(events, ['StepUndone']).map(({ data }) => data.undoes));
  const tellUndo = (id: string): TriedFix['undo'] => {
    if (undone.has(id)) return 'undone';
    if (begun.has(id)) return 'begun';
    return done.has(id) ? 'not-begun' : 'not-done';
  };
  const failures = selectRecorded<FixAttemptFailed | OutcomeUnknown>(events, ['FixAttemptFailed', 'OutcomeUnknown']);
  const verdicts = selectRecorded<VerdictReached>(events, ['VerdictReached']);
  return commands.map(({ data, recordedAt }, index) => {
    const { fix_id, command_id, attempt, strategy } = data;
    // A verdict is about the latest attempt of its fix.
    const isLatest = !commands.slice(index + 1).some((later) => later.data.fix_id === fix_id);
    const verdict = isLatest ? verdicts.findLast((reached) => reached.data.fix_id === fix_id) : undefined;
    const code =
      verdict?.data.reason_code ?? failures.findLast((failed) => failed.data.command_id === command_id)?.data.reason_code;
    const why = code === undefined ? { reason_code: null, reason: null } : explain(code);
    return {
      fix_id,
      attempt,
      strategy,
      commanded_at: recordedAt.toISOString(),
      verdict: verdict?.data.verdict ?? null,
      ...why,
      undo: tellUndo(command_id),
    };
  });
}

function listObjections(events: readonly StoredEvent[]): GuardObjection[] {
  const asked = selectRecorded<DecisionMade | FixGuarded>(events, ['DecisionMade', 'FixGuarded']);
  const words: readonly GuardWord[] = asked.findLast(({ data }) => data.guards.length > 0)?.data.guards ?? [];
  return words
    .filter(({ verdict }) => verdict !== 'allow')
    .slice(0, MAX_OBJECTIONS)
    .map(({ guard, verdict, reason_code }) => ({ guard, verdict, ...explain(reason_code) }));
}
