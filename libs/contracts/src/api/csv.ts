import { plain } from '../story/plain.ts';

/** A cell that begins like this is a formula to a spreadsheet (OWASP, CSV injection). */
const FORMULA = /^[=+\-@\t\r]/;

/**
 * One cell, unable to act: no formula, no control character; quoted where needed (RFC 4180). Numbers stay numbers; what has members
 * is told as JSON, a time by ISO 8601.
 */
export function toCsvCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return toTextCell(value);
  return toTextCell(value instanceof Date ? value.toISOString() : JSON.stringify(value));
}

function toTextCell(value: string): string {
  // Both: what stood before it may be what the cleaning takes away, and a tab or line end at the front is gone after it.
  const text = plain(value);
  const safe = FORMULA.test(value) || FORMULA.test(text) ? `'${text}` : text;
  return /[",]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
