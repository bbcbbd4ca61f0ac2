export interface BackOffRange {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** How long to wait after so many failures in a row: doubling from the first wait to the longest. */
export function computeBackOffMs(failures: number, { firstMs, maxMs }: BackOffRange): number {
  return Math.min(maxMs, firstMs * 2 ** Math.min(30, Math.max(0, failures - 1)));
}
