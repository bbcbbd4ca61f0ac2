import type { Queryable } from './queryable.ts';

/** Asked for this far ahead of the head, the next partition is there long before the first event goes into it. */
const AHEAD = 500_000;
const STEP = 100_000;

/** Has partitions of the events made ahead of need, aside from the appends. */
export class PartitionKeeper {
  readonly #database: Queryable;
  readonly #onError: (error: Error) => void;
  #ensuredFor = -STEP;
  #running: Promise<void> | undefined;

  constructor(database: Queryable, onError: (error: Error) => void) {
    this.#database = database;
    this.#onError = onError;
  }

  /** Called with the head after each commit; the first call and then every 100,000 positions ask the database. */
  keepAhead(head: number): void {
    if (this.#running || head < this.#ensuredFor + STEP) return;
    this.#running = this.#ensure(head).finally(() => {
      this.#running = undefined;
    });
  }

  async settled(): Promise<void> {
    await this.#running;
  }

  async #ensure(head: number): Promise<void> {
    try {
      await this.#database.query('SELECT ensure_partition($1)', [head + AHEAD]);
      this.#ensuredFor = head;
    } catch (error) {
      // Not fatal: it is tried after the next commit, and an append without a partition makes one itself.
      this.#onError(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
