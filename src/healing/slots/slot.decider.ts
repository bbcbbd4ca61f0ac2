import type { FixEvent } from '../saga/fix.events.ts';
import { computeUndoId } from '../saga/fix-steps.ts';
import type { SlotEvent } from './slot.events.ts';

/**
 * What a fix's events mean for the slot of its target: every command reserves it, the end releases it. Without a command, neither.
 * An undo keeps it until its own end, and takes it again where the fix had ended.
 */
export function slotEventsOf(target: string, events: readonly FixEvent[]): SlotEvent[] {
  return events.flatMap((event): SlotEvent[] => {
    const { fix_id } = event.data;
    switch (event.type) {
      case 'UndoBegun': {
        const { requested, undoes } = event.data;
        const [first] = undoes;
        if (requested === undefined || first === undefined) return [];
        return [{ type: 'SlotReserved', data: { target, fix_id, command_id: computeUndoId(first), is_undo: true } }];
      }
      case 'FixUndone':
        return event.data.requested_by === undefined ? [] : [{ type: 'SlotReleased', data: { target, fix_id } }];
      case 'FixCommanded':
        if (event.data.undoes !== undefined) return [];
        return [{ type: 'SlotReserved', data: { target, fix_id, command_id: event.data.command_id } }];
      case 'FixHealed':
      case 'FixAbandoned':
      case 'FixEscalated':
        return event.data.attempts === 0 ? [] : [{ type: 'SlotReleased', data: { target, fix_id } }];
      default:
        return [];
    }
  });
}
