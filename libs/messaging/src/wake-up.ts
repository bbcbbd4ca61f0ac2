/** Lets any number of waiters wait for the next call of `notify`. */
export class WakeUp {
  private waiters: (() => void)[] = [];

  wait(): Promise<void> {
    return new Promise((resolve) => {
      this.waiters.push(resolve);
    });
  }

  notify(): void {
    for (const resolve of this.waiters.splice(0)) resolve();
  }
}
