import { ZantaraError } from '#libs/contracts';
import type { UndoProblem, UndoRefusal } from './undo-request.decider.ts';

const REFUSALS: Readonly<Record<UndoProblem, readonly [message: string, remediation: string]>> = {
  'not-reversible': ['left nothing behind that could be undone, or nothing that can be', 'There is nothing to undo.'],
  'fix-is-live': ['is still under way', 'Wait until it has ended, or stop healing: zantara stop.'],
  'undone-already': ['was undone before', 'There is nothing left to undo.'],
  'nothing-was-done': [
    'was never said to be carried out',
    'Look at its incident: what its agent may have done, a person has to find out.',
  ],
  'undo-began-before': ['is not undone, though that was begun before, which is done once', 'A person has to undo it by hand.'],
  'later-fix-first': [
    'was followed by another fix of the same service, of which something is still there',
    'Undo that one first.',
  ],
  'another-fix-is-live': [
    'can not be undone while another fix of the same service is under way',
    'Wait until that one has ended.',
  ],
  'undo-denied': [
    'may not be undone now: a guard objects',
    'zantara policy show, or GET /api/control, tells what is set and stopped.',
  ],
  'undo-impossible': ['can not be undone: its agent did not tell what that takes', 'A person has to undo it by hand.'],
};

/** A fix is not undone, and nothing was stored. */
export class UndoRefusedError extends ZantaraError {
  constructor(fixId: string, { problem, because }: UndoRefusal) {
    const [message, remediation] = REFUSALS[problem];
    const named = because === undefined ? '' : ` (${because})`;
    super(`${fixId} ${message}${named}`, { code: problem, kind: 'rejected', remediation });
  }
}
