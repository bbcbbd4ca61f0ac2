import { setImmediate as nextTurn } from 'node:timers/promises';

/** Reads many at once: an answer for each, in the order asked; an error for one that can't be read. */
export type ReadMany<Wanted, Answer> = (wanted: readonly Wanted[]) => Promise<readonly (Answer | Error)[]>;

interface Waiting<Wanted, Answer> {
  readonly wanted: Wanted;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** One that takes long keeps only those waiting who came with it. */
const MOST_IN_FLIGHT = 3;
const MOST_AT_ONCE = 200;

/**
 * Coalesces reads as the append queue does appends: one that comes alone goes alone, and what comes while others are under way shares
 * a query. Each answer is read after it was asked for.
 */
export class SharedReads<Wanted, Answer> {
  readonly #readMany: ReadMany<Wanted, Answer>;
  #waiting: Waiting<Wanted, Answer>[] = [];
  #inFlight = 0;

  constructor(readMany: ReadMany<Wanted, Answer>) {
    this.#readMany = readMany;
  }

  read(wanted: Wanted): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ wanted, resolve, reject });
      if (this.#inFlight < MOST_IN_FLIGHT) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#inFlight += 1;
    await nextTurn(); // what is asked in the same turn of the event loop goes together
    while (this.#waiting.length > 0) await this.#readNext(this.#waiting.splice(0, MOST_AT_ONCE));
    this.#inFlight -= 1;
  }

  async #readNext(batch: readonly Waiting<Wanted, Answer>[]): Promise<void> {
    try {
      const answers = await this.#readMany(batch.map(({ wanted }) => wanted));
      batch.forEach(({ resolve, reject }, index) => {
        const answer = answers[index];
        if (answer === undefined) reject(new RangeError('there is no answer for what was asked'));
        else if (answer instanceof Error) reject(answer);
        else resolve(answer);
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
