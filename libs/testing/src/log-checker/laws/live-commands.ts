import { readText } from '../fields.ts';
import { type Law, type LogEvent, violation } from '../law.ts';
import type { Violation } from '../violation.ts';

const ENDS: ReadonlySet<string> = new Set(['FixHealed', 'FixEscalated', 'FixAbandoned', 'FixUndone']);

/**
 * `two-live-fixes`, of commands: while a fix that was commanded has not ended, no other one is commanded on its target. Told from commands
 * and ends alone: whatever was reserved, and however early it was given back.
 */
export function createLiveCommandLaw(): Law {
  const fixOf = new Map<string, string>();
  const targetOf = new Map<string, string>();

  function command({ data, position }: LogEvent): Violation[] {
    const [target, fixId] = [readText(data, 'target'), readText(data, 'fix_id')];
    const other = fixOf.get(target);
    fixOf.set(target, fixId);
    targetOf.set(fixId, target);
    if (other === undefined || other === fixId) return [];
    const sentence = `${fixId} is commanded on ${target}, where ${other} has not ended`;
    return [violation('two-live-fixes', sentence, { positions: [position], ids: [target, other, fixId] })];
  }

  function end({ type, data }: LogEvent): void {
    // An undo that no person wanted leads to the end that its fix had come to.
    if (type === 'FixUndone' && readText(data, 'requested_by') === '') return;
    const fixId = readText(data, 'fix_id');
    const target = targetOf.get(fixId);
    targetOf.delete(fixId);
    if (target !== undefined && fixOf.get(target) === fixId) fixOf.delete(target);
  }

  return {
    observe(event) {
      if (ENDS.has(event.type)) end(event);
      return event.type === 'FixCommanded' ? command(event) : [];
    },
  };
}
