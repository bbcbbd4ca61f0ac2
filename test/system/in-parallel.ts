/** Runs rounds, a few at a time; all are run even if one fails, and the failures are thrown together. */
export async function runRounds<T>(count: number, atOnce: number, round: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  const failures: unknown[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) {
      try {
        results.push(await round(index));
      } catch (error) {
        failures.push(new Error(`round ${index} failed`, { cause: error }));
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  if (failures.length > 0) throw new AggregateError(failures, failures.map((failure) => describe(failure)).join('\n'));
  return results;
}

const describe = (failure: unknown): string =>
  failure instanceof Error
    ? `${failure.message}: ${failure.cause instanceof Error ? failure.cause.message : String(failure.cause)}`
    : String(failure);
