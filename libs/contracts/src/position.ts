import { InvalidPositionError } from './contracts.errors.ts';

/** Writes a log position for the outside, where it is an opaque string: its form changes when the log is split into lanes. */
export const formatPosition = (position: number): string => String(position);

/**
 * Reads a log position that came from outside; `'0'` is before the first event.
 *
 * @throws InvalidPositionError
 */
export function parsePosition(text: string): number {
  const position = /^(0|[1-9]\d{0,15})$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(position)) throw new InvalidPositionError(text);
  return position;
}
