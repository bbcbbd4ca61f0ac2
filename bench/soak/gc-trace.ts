import type { Point } from './theil-sen.ts';

/** For Node: each collection is told in a line of its output. */
export const GC_TRACE_FLAG = '--trace-gc';

/** `[4711:0x2d4c0]   123456 ms: Mark-Compact 120.1 (150.0) -> 80.5 (140.2) MB, …`, or `(4711:…)` by the version of V8. */
const MAJOR = /^\[\d+:(0x[0-9a-f]+)\]\s+(\d+) ms: Mark-Compact[^>]*-> ([\d.]+) \(/gm;
const MS_PER_HOUR = 3_600_000;

/** What was left in the heap of each thread after each major collection, in MB, by the thread's address. */
export function readHeapFloors(output: string): ReadonlyMap<string, readonly Point[]> {
  const floors = new Map<string, Point[]>();
  for (const [, thread = '', ms, value] of output.matchAll(MAJOR)) {
    const point = { atHours: Number(ms) / MS_PER_HOUR, value: Number(value) };
    floors.set(thread, [...(floors.get(thread) ?? []), point]);
  }
  return floors;
}
