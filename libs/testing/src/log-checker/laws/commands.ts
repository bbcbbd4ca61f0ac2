import type { JsonObject } from '#libs/contracts';
import { readObjects, readText } from '../fields.ts';
import { type Law, type LogEvent, violation } from '../law.ts';
import type { Violation } from '../violation.ts';

interface Permission {
  readonly target: string;
  readonly objection?: string;
}

/**
 * `command-without-decision`: before a command stands the decision that it names, which is to act and which no guard objects
 * to; and before each attempt the guards were asked and all allowed it.
 */
export function createDecisionLaw(): Law {
  const decisions = new Map<string, Permission>();
  /** What the guards said last, since the last command. */
  const asked = new Map<string, string | undefined>();

  function judge({ stream, position, data }: LogEvent): Violation[] {
    const decisionId = readText(data, 'decision_event_id');
    const wordsBefore = asked.has(stream) ? asked.get(stream) : 'no guard was asked';
    asked.delete(stream);
    const objection = objectTo(decisions.get(decisionId), readText(data, 'target')) ?? wordsBefore;
    if (objection === undefined) return [];
    const commandId = readText(data, 'command_id');
    const sentence = `${commandId} was commanded, and ${objection}`;
    return [violation('command-without-decision', sentence, { positions: [position], ids: [commandId] })];
  }

  return {
    observe(event) {
      if (event.type === 'DecisionMade') decisions.set(event.id, permissionOf(event.data));
      if (event.type === 'FixGuarded') asked.set(event.stream, objectionIn(event.data));
      return event.type === 'FixCommanded' ? judge(event) : [];
    },
  };
}

function objectTo(permission: Permission | undefined, target: string): string | undefined {
  if (permission === undefined) return 'its decision is not stored before it';
  return permission.target === target ? permission.objection : `the decision was about ${permission.target}`;
}

function permissionOf(data: JsonObject): Permission {
  const target = readText(data, 'target');
  const objection = readText(data, 'verdict') === 'act' ? objectionIn(data) : 'the decision was not to act';
  return { target, ...(objection === undefined ? {} : { objection }) };
}

/** Silence is no permission. */
function objectionIn(data: JsonObject): string | undefined {
  const words = readObjects(data, 'guards');
  if (words.length === 0) return 'no guard was asked';
  const objecting = words.find((word) => readText(word, 'verdict') !== 'allow');
  return objecting === undefined ? undefined : `guard ${readText(objecting, 'guard')} did not allow it`;
}
