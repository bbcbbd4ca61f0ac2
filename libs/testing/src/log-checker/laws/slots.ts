import { readText } from '../fields.ts';
import { type Law, type LogEvent, violation } from '../law.ts';
import type { Violation } from '../violation.ts';

const ENDS: ReadonlySet<string> = new Set(['FixHealed', 'FixEscalated', 'FixAbandoned', 'FixWithdrawn', 'FixUndone']);

interface Holder {
  readonly fixId: string;
  readonly position: number;
}

/** A command for which nothing is reserved yet. */
interface Unreserved {
  readonly target: string;
  readonly position: number;
}

/**
 * `two-live-fixes`: a target that one fix holds is reserved by no other.
 * `command-without-slot`: every command has reserved its own target, in the stream of that target's slot; an undo, its fix holds it.
 * `slot-kept`: a fix that has ended holds nothing.
 */
export function createSlotLaw(): Law {
  const holders = new Map<string, Holder>();
  const unreserved = new Map<string, Unreserved>();
  const ended = new Set<string>();

  function reserve({ stream, position, data }: LogEvent): Violation[] {
    const target = readText(data, 'target');
    const fixId = readText(data, 'fix_id');
    const commandId = readText(data, 'command_id');
    // Whoever wants the target looks into its own stream; a reservation elsewhere keeps nobody out.
    if (stream === `slot-${target}` && unreserved.get(commandId)?.target === target) unreserved.delete(commandId);
    const holder = holders.get(target);
    if (holder !== undefined && holder.fixId !== fixId)
      return [
        violation('two-live-fixes', `${fixId} reserves ${target} while ${holder.fixId} holds it`, {
          positions: [position],
          ids: [target, holder.fixId, fixId],
        }),
      ];
    holders.set(target, { fixId, position });
    return [];
  }

  /** An undo is commanded on a target that its fix holds. */
  function needHeld({ position, data }: LogEvent): Violation[] {
    const [target, fixId, commandId] = [readText(data, 'target'), readText(data, 'fix_id'), readText(data, 'command_id')];
    if (holders.get(target)?.fixId === fixId) return [];
    const sentence = `${commandId} is an undo, and ${fixId} does not hold ${target}`;
    return [violation('command-without-slot', sentence, { positions: [position], ids: [commandId] })];
  }

  function release({ data }: LogEvent): void {
    const target = readText(data, 'target');
    if (holders.get(target)?.fixId === readText(data, 'fix_id')) holders.delete(target);
  }

  return {
    observe(event) {
      if (event.type === 'SlotReserved') return reserve(event);
      if (event.type === 'SlotReleased') release(event);
      if (ENDS.has(event.type)) ended.add(readText(event.data, 'fix_id'));
      // What had ended holds its target anew.
      if (event.type === 'UndoBegun') ended.delete(readText(event.data, 'fix_id'));
      if (event.type === 'FixCommanded') {
        const { position, data } = event;
        if (readText(data, 'undoes') !== '') return needHeld(event);
        // The reservation follows in the same append.
        unreserved.set(readText(data, 'command_id'), { target: readText(data, 'target'), position });
      }
      return [];
    },
    finish: () => [
      ...[...unreserved].map(([commandId, { target, position }]) =>
        violation('command-without-slot', `${commandId} did not reserve ${target}`, { positions: [position], ids: [commandId] }),
      ),
      ...[...holders].flatMap(([target, { fixId, position }]) =>
        ended.has(fixId)
          ? [violation('slot-kept', `${fixId} has ended and holds ${target}`, { positions: [position], ids: [target, fixId] })]
          : [],
      ),
    ],
  };
}
