import { setImmediate as nextTurn } from 'node:timers/promises';
import type { StoredEvent } from '../event-store.ts';

export interface WantedStream {
  readonly stream: string;
  readonly fromVersion: number;
}

/** The events of each stream, in the order asked; an error where one can't be read. */
export type ReadStreams = (wanted: readonly WantedStream[]) => Promise<readonly (StoredEvent[] | Error)[]>;

interface Waiting extends WantedStream {
  readonly resolve: (events: StoredEvent[]) => void;
  readonly reject: (error: unknown) => void;
}

/** A long stream keeps only those waiting who came with it. */
const MOST_IN_FLIGHT = 3;
const MOST_AT_ONCE = 200;

/**
 * Coalesces reads of whole streams as the append queue does appends: one that comes alone goes alone, and what comes while others are
 * under way shares a query. Each answer is read after it was asked for.
 */
export class StreamReads {
  readonly #readStreams: ReadStreams;
  #waiting: Waiting[] = [];
  #inFlight = 0;

  constructor(readStreams: ReadStreams) {
    this.#readStreams = readStreams;
  }

  read(wanted: WantedStream): Promise<StoredEvent[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...wanted, resolve, reject });
      if (this.#inFlight < MOST_IN_FLIGHT) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#inFlight += 1;
    await nextTurn(); // what is asked in the same turn of the event loop goes together
    while (this.#waiting.length > 0) await this.#readNext(this.#waiting.splice(0, MOST_AT_ONCE));
    this.#inFlight -= 1;
  }

  async #readNext(batch: readonly Waiting[]): Promise<void> {
    try {
      const answers = await this.#readStreams(batch);
      batch.forEach(({ resolve, reject }, index) => {
        const answer = answers[index] ?? [];
        if (answer instanceof Error) reject(answer);
        else resolve(answer);
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
