/** When each target was last seen failing, by the kind of fault; it is told in the order of time. */
export class FailingTargets {
  private readonly seen = new Map<string, Map<string, number>>();

  note(symptom: string, target: string, atMs: number): void {
    const targets = this.seen.get(symptom) ?? new Map<string, number>();
    const latestMs = Math.max(atMs, targets.get(target) ?? atMs);
    // At the end, so that they lie in the order of time.
    targets.delete(target);
    targets.set(target, latestMs);
    this.seen.set(symptom, targets);
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
}
