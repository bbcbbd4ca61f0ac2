/** Stream `slot-<target>`: at most one live fix. Reserved in the append that commands it, or that begins to undo it later. */
export interface SlotReserved {
  type: 'SlotReserved';
  data: {
    target: string;
    fix_id: string;
    command_id: string;
    /** What had ended is undone: that is no action of the hour. */
    is_undo?: true;
  };
}

export interface SlotReleased {
  type: 'SlotReleased';
  data: { target: string; fix_id: string };
}

export type SlotEvent = SlotReserved | SlotReleased;
