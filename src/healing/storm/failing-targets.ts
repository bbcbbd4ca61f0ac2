/** When each target was last seen failing, by the kind of fault. */
export class FailingTargets {
  private readonly seen = new Map<string, Map<string, number>>();

  note(symptom: string, target: string, atMs: number): void {
    const targets = this.seen.get(symptom) ?? new Map<string, number>();
    this.seen.set(symptom, targets);
    if ((targets.get(target) ?? -Infinity) >= atMs) return;
    // In the order of the log, which is that of time, so that whoever counts looks only at those that are to be forgotten.
    targets.delete(target);
    targets.set(target, atMs);
  }

  /** How many targets were seen failing alike after this time; what came before it is forgotten. */
  count(symptom: string, sinceMs: number): number {
    const targets = this.seen.get(symptom);
    if (targets === undefined) return 0;
    for (const [target, atMs] of targets) {
      if (atMs > sinceMs) break;
      targets.delete(target);
    }
    return targets.size;
  }

  /** In which ways a target was seen failing. */
  symptomsOf(target: string): string[] {
    return [...this.seen].flatMap(([symptom, targets]) => (targets.has(target) ? [symptom] : []));
  }

  symptoms(): string[] {
    return [...this.seen.keys()];
  }

  clear(): void {
    this.seen.clear();
  }
}
