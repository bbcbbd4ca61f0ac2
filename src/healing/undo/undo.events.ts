import type { JsonObject, Role } from '#libs/contracts';

/** What was done is taken back, the last step first, because a check failed or a person wants it. */
export interface UndoBegun {
  type: 'UndoBegun';
  data: {
    fix_id: string;
    incident_id: string;
    target: string;
    strategy: string;
    /** The commands that are taken back, in this order. */
    undoes: readonly string[];
    reason_code: string;
    /** What the fix ends with once all is undone; absent where it had ended before. */
    ends_as?: 'FixAbandoned' | 'FixEscalated';
    /** Where a person wants it. */
    requested?: UndoRequest;
  };
}

/** Who wants it undone, as what, and why. */
export type UndoRequest = { actor: string; role: Role; reason: string; requested_at: string };

/** The agent says that it took a step back. */
export interface StepUndone {
  type: 'StepUndone';
  data: { fix_id: string; command_id: string; undoes: string; duration_ms?: number; evidence?: JsonObject };
}

/** Nothing of the fix is left. It ends with this where a person wanted it, and otherwise as it would have ended. */
export interface FixUndone {
  type: 'FixUndone';
  data: { fix_id: string; incident_id: string; strategy: string; steps: number; requested_by?: string };
}

export type UndoEvent = UndoBegun | StepUndone | FixUndone;
