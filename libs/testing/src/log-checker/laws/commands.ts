import type { JsonObject } from '#libs/contracts';
import { readNumber, readText } from '../fields.ts';
import { type Law, type LogEvent, violation } from '../law.ts';
import type { Violation } from '../violation.ts';
import { Approvals } from './approvals.ts';
import { APPROVED_ACTION_GUARDS, FIRST_ATTEMPT_GUARDS, FURTHER_ATTEMPT_GUARDS, objectionIn, UNDO_GUARDS } from './guard-words.ts';

interface Decision {
  readonly target: string;
  readonly incidentId: string;
  readonly choice: string;
  readonly needsPersons: boolean;
  readonly objection?: string;
}

/** What a fix was begun for. */
interface Origin {
  readonly incidentId: string;
  readonly decisionId: string;
}

/**
 * `command-without-decision`: before a command stands the decision that it names and that its fix was begun by, which is to act,
 * by this strategy, on this target, for this incident; before each attempt every guard was asked, and all allowed it; and where
 * persons had to be asked, enough of them had allowed this very action in time. An undo rests on the decision of its fix, and on fewer
 * guards.
 */
export function createDecisionLaw(): Law {
  const decisions = new Map<string, Decision>();
  const origins = new Map<string, Origin>();
  /** What the guards said last, since the last command. */
  const asked = new Map<string, JsonObject>();
  const approvals = new Approvals();

  function judge(event: LogEvent): Violation[] {
    const { stream, position, data } = event;
    const words = asked.get(stream);
    asked.delete(stream);
    const decision = decisions.get(readText(data, 'decision_event_id'));
    const objection =
      objectTo(decision, event.data) ??
      compareOrigin(decision, origins.get(stream), event.data) ??
      judgeWords(words, event.data, decision?.needsPersons === true) ??
      approvals.objectTo(event, decision?.needsPersons === true && !isUndo(event.data));
    if (objection === undefined) return [];
    const commandId = readText(data, 'command_id');
    const sentence = `${commandId} was commanded, and ${objection}`;
    return [violation('command-without-decision', sentence, { positions: [position], ids: [commandId] })];
  }

  return {
    observe(event) {
      if (event.type === 'DecisionMade') decisions.set(event.id, toDecision(event.data));
      if (event.type === 'FixObserved') origins.set(event.stream, toOrigin(event.data));
      if (event.type === 'FixGuarded') asked.set(event.stream, event.data);
      approvals.observe(event);
      return event.type === 'FixCommanded' ? judge(event) : [];
    },
  };
}

const toOrigin = (data: JsonObject): Origin => ({
  incidentId: readText(data, 'incident_id'),
  decisionId: readText(data, 'decision_event_id'),
});

function toDecision(data: JsonObject): Decision {
  const verdict = readText(data, 'verdict');
  const isToAct = verdict === 'act' || verdict === 'ask';
  const isLeft = verdict === 'ask';
  const objection = isToAct ? objectionIn(data, FIRST_ATTEMPT_GUARDS, isLeft) : 'the decision was not to act';
  return {
    target: readText(data, 'target'),
    incidentId: readText(data, 'incident_id'),
    choice: readText(data, 'choice'),
    needsPersons: isLeft,
    ...(objection === undefined ? {} : { objection }),
  };
}

function objectTo(decision: Decision | undefined, command: JsonObject): string | undefined {
  if (decision === undefined) return 'its decision is not stored before it';
  if (decision.target !== readText(command, 'target')) return `the decision was about ${decision.target}`;
  if (decision.choice !== readText(command, 'strategy')) return `the decision was for ${decision.choice}`;
  return decision.objection;
}

function compareOrigin(decision: Decision | undefined, origin: Origin | undefined, command: JsonObject): string | undefined {
  if (origin === undefined) return 'its fix was never begun';
  if (origin.decisionId !== readText(command, 'decision_event_id')) return 'its fix was begun by another decision';
  return origin.incidentId === decision?.incidentId ? undefined : `its fix was begun for ${origin.incidentId}`;
}

const isUndo = (command: JsonObject): boolean => readText(command, 'undoes') !== '';

function judgeWords(words: JsonObject | undefined, command: JsonObject, isApproved: boolean): string | undefined {
  const first = isApproved ? APPROVED_ACTION_GUARDS : FIRST_ATTEMPT_GUARDS;
  if (isUndo(command)) return words === undefined ? 'no guard was asked' : objectionIn(words, UNDO_GUARDS);
  const required = readNumber(command, 'attempt') > 1 ? FURTHER_ATTEMPT_GUARDS : first;
  return words === undefined ? 'no guard was asked' : objectionIn(words, required);
}
