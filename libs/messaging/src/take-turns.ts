/**
 * Puts things in an order in which each source has its turn: the first of every source, then the second of every one, and so on. Those
 * of one source keep their order.
 *
 * @param sourceOf names who something comes from
 */
export function takeTurns<T>(things: readonly T[], sourceOf: (thing: T) => string): T[] {
  const rounds: T[][] = [];
  const taken = new Map<string, number>();
  for (const thing of things) {
    const source = sourceOf(thing);
    const round = taken.get(source) ?? 0;
    taken.set(source, round + 1);
    (rounds[round] ??= []).push(thing);
  }
  return rounds.flat();
}
