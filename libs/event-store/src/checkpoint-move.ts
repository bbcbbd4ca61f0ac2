import { InvalidCheckpointMoveError } from './event-store.errors.ts';

/** @throws InvalidCheckpointMoveError */
export function assertForward(name: string, from: number, to: number): void {
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from < 0 || to <= from)
    throw new InvalidCheckpointMoveError(name, from, to);
}
