import type { ConfirmedStep } from '#libs/fix-strategies';
import type { UndoBegun, UndoRequest } from './undo.events.ts';

/** A command that its agent says to have carried out. */
export interface DoneStep extends ConfirmedStep {
  commandId: string;
  attempt: number;
  /** How far its undo is, which is commanded once and never again. */
  undo: 'none' | 'commanded' | 'undone';
}

/** The undo that is under way, or was. */
export interface UndoState {
  /** Of the command that takes the latest step back. */
  phase: 'waiting' | 'commanded' | 'acknowledged';
  reasonCode: string;
  endsAs?: UndoBegun['data']['ends_as'];
  requested?: UndoRequest;
}

/** Steps that are still there, the last one first. */
export const listStepsLeft = (steps: readonly DoneStep[]): DoneStep[] =>
  steps.filter(({ undo }) => undo !== 'undone').toReversed();

export const markStep = (steps: readonly DoneStep[], commandId: string, undo: DoneStep['undo']): readonly DoneStep[] =>
  steps.map((step) => (step.commandId === commandId ? { ...step, undo } : step));

export const beginUndoState = ({ data: { reason_code: reasonCode, ends_as: endsAs, requested } }: UndoBegun): UndoState => ({
  phase: 'waiting',
  reasonCode,
  ...(endsAs === undefined ? {} : { endsAs }),
  ...(requested === undefined ? {} : { requested }),
});

/** Whether something was given up because an undo did not come through. */
export const isOfUndo = (reasonCode: string): boolean => reasonCode.startsWith('undo-');
