/** The local wake-up: who waits for new events is told the new head. */
export class AppendedListeners {
  readonly #listeners = new Set<(head: number) => void>();

  add(listener: (head: number) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  notify(head: number): void {
    for (const listener of this.#listeners) {
      try {
        listener(head);
      } catch {
        // A wake-up is a hint; a listener that throws must not fail the append that it was told about, which is committed.
      }
    }
  }
}
