/** Stream `slot-<target>`: at most one live fix. Reserved in the append that commands it. */
export interface SlotReserved {
  type: 'SlotReserved';
  data: { target: string; fix_id: string; command_id: string };
}

export interface SlotReleased {
  type: 'SlotReleased';
  data: { target: string; fix_id: string };
}

export type SlotEvent = SlotReserved | SlotReleased;
