import type { FixEvent } from './fix.events.ts';
import type { SlotEvent } from './slot.events.ts';

/** What a fix's events mean for the slot of its target: every command reserves it, the end releases it. Without a command, neither. */
export function slotEventsOf(target: string, events: readonly FixEvent[]): SlotEvent[] {
  return events.flatMap((event): SlotEvent[] => {
    const { fix_id } = event.data;
    switch (event.type) {
      case 'FixCommanded':
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
