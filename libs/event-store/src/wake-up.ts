/** A wait that ends by time, by a wake-up or by an abort. A wake-up that comes while nobody waits ends the next wait at once. */
export class WakeUp {
  readonly #signal: AbortSignal;
  #isPending = false;
  #resume: (() => void) | undefined;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  readonly wake = (): void => {
    this.#isPending = true;
    this.#resume?.();
  };

  /** Forgets earlier wake-ups; call it before looking for what they announce. */
  clear(): void {
    this.#isPending = false;
  }

  async wait(ms: number): Promise<void> {
    if (this.#isPending) return;
    await this.#pause(ms);
  }

  /** Waits without listening to wake-ups: new events are no reason to try again sooner after a failure. */
  async rest(ms: number): Promise<void> {
    await this.#pause(ms, false);
  }

  async #pause(ms: number, isWakeable = true): Promise<void> {
    if (this.#signal.aborted) return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#signal.removeEventListener('abort', end);
        this.#resume = undefined;
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.#signal.addEventListener('abort', end, { once: true });
      if (isWakeable) this.#resume = end;
    });
  }
}
