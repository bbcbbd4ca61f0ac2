import type { Tone } from '#libs/contracts';

export type Scalar = string | number | boolean | null | undefined;

/** One column: `raw` for programs, `shown` for people where that differs. */
export interface Column<T> {
  /** In CSV. */
  name: string;
  /** In a table. */
  title?: string;
  raw(item: T): Scalar;
  shown?(item: T): string;
  tone?(item: T): Tone;
}

/** What an answer holds, as a cell: what has members is told as JSON. */
export function toScalar(value: unknown): Scalar {
  if (value === null || value === undefined) return null;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : JSON.stringify(value);
}
