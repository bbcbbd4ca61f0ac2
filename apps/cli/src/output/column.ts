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
