const VERBS: ReadonlyMap<string, string> = new Map([
  ['allow', 'allows'],
  ['deny', 'denies'],
  ['defer', 'defers'],
]);

/** What a guard does with its verdict; one that isn't known speaks for itself. */
export const tellGuardVerdict = (verdict: string): string => VERBS.get(verdict) ?? verdict;
