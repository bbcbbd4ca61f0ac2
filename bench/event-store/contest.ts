import type { MeasurementContext } from '../report/measurement.ts';
import { median } from '../report/median.ts';

/** Who is measured, by name: each call is one turn. */
export type Contestants<T> = Readonly<Record<string, () => Promise<T>>>;

/** What each one did in each round. */
export type Rounds<T> = Record<string, T>[];

export interface Terms {
  rounds: number;
  /** Before each turn, for what a turn leaves behind. */
  between: () => Promise<unknown>;
  say: MeasurementContext['say'];
}

/**
 * All of them in turns, round by round, beginning with another one each time: so nobody has the machine at its best alone, and
 * who is compared was measured within seconds of each other. The first round warms up and doesn't count.
 */
export async function takeTurns<T>(contestants: Contestants<T>, { rounds, between, say }: Terms): Promise<Rounds<T>> {
  const all = Object.entries(contestants);
  const results: Rounds<T> = [];
  for (let round = 0; round <= rounds; round += 1) {
    const result: Record<string, T> = {};
    for (const [name, turn] of [...all.slice(round % all.length), ...all.slice(0, round % all.length)]) {
      await between();
      result[name] = await turn();
      say(`${round === 0 ? 'warm-up' : `round ${round} of ${rounds}`}: ${name}: ${JSON.stringify(result[name])}`);
    }
    if (round > 0) results.push(result);
  }
  return results;
}

/** The median over the rounds; `undefined` when one of them was not measured. */
export const medianOf = <T>(rounds: Rounds<T>, read: (round: Record<string, T>) => number | undefined): number | undefined =>
  median(rounds.map((round) => read(round) ?? null));
