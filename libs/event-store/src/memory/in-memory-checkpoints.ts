import { assertForward } from '../checkpoint-move.ts';
import type { Checkpoints } from '../event-store.ts';

/** The twin of the PostgreSQL checkpoints for tests. */
export class InMemoryCheckpoints implements Checkpoints {
  readonly #positions = new Map<string, number>();

  async load(name: string): Promise<number> {
    return this.#positions.get(name) ?? 0;
  }

  async loadAll(): Promise<ReadonlyMap<string, number>> {
    return new Map(this.#positions);
  }

  async advance(name: string, from: number, to: number): Promise<boolean> {
    assertForward(name, from, to);
    if ((this.#positions.get(name) ?? 0) !== from) return false;
    this.#positions.set(name, to);
    return true;
  }
}
