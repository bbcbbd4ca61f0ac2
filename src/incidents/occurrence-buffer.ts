import type { DescribedFault, RecordOccurrences } from './incident.commands.ts';

type Occurrence = RecordOccurrences['occurrences'][number];

/** Reports of one incident that wait to be counted together. */
export interface PendingOccurrences {
  readonly describe: DescribedFault;
  readonly occurrences: readonly Occurrence[];
}

/**
 * Holds back what is already known to be growing, so that a storm becomes one event every 10 s. Nothing here is lost in a
 * crash: the checkpoint stays before the oldest report that waits.
 */
export class OccurrenceBuffer {
  private readonly byKey = new Map<string, { describe: DescribedFault; occurrences: Occurrence[] }>();
  private waiting = 0;

  /** How many reports wait, over all incidents. */
  get size(): number {
    return this.waiting;
  }

  /** After a failure the log is read again from the checkpoint: what waits here already isn't added a second time. */
  add(describe: DescribedFault, occurrence: Occurrence): void {
    const pending = this.byKey.get(describe.key);
    const last = pending?.occurrences.at(-1);
    if (last !== undefined && occurrence.position <= last.position) return;
    if (pending === undefined) this.byKey.set(describe.key, { describe, occurrences: [occurrence] });
    else pending.occurrences.push(occurrence);
    this.waiting += 1;
  }

  keys(): string[] {
    return [...this.byKey.keys()];
  }

  /** Those of one incident, also such as come later; they stay until `remove` says that they are stored. */
  get(key: string): PendingOccurrences | undefined {
    return this.byKey.get(key);
  }

  /** Takes the first `count` of one incident out. */
  remove(key: string, count: number): void {
    const pending = this.byKey.get(key);
    if (pending === undefined) return;
    this.waiting -= pending.occurrences.splice(0, count).length;
    if (pending.occurrences.length === 0) this.byKey.delete(key);
  }

  /** Position of the oldest report that waits; `undefined` when none does. */
  oldestPosition(): number | undefined {
    let oldest: number | undefined;
    for (const { occurrences } of this.byKey.values()) {
      const first = occurrences[0]?.position;
      if (first !== undefined && (oldest === undefined || first < oldest)) oldest = first;
    }
    return oldest;
  }
}
