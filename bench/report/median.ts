/** The middle value, or the mean of the two in the middle; `undefined` when one of them was not measured. */
export function median(values: readonly (number | null)[]): number | undefined {
  // One that could not be measured makes the median worthless, not smaller.
  const known = values.filter((value): value is number => value !== null).toSorted((a, b) => a - b);
  if (known.length < values.length || known.length === 0) return undefined;
  const middle = known.length >> 1;
  const [low = Number.NaN, high = Number.NaN] =
    known.length % 2 === 1 ? [known[middle], known[middle]] : [known[middle - 1], known[middle]];
  return (low + high) / 2;
}
