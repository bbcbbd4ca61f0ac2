type ChangeListener = () => void;

/** Which log this page shows. Another one under the same address has other events at the same positions. */
export class LogIdentity {
  private known: string | undefined;
  private readonly listeners = new Set<ChangeListener>();
  private logs = 0;

  /** Which of the logs that were shown one after the other it is; who asks notes it. */
  get generation(): number {
    return this.logs;
  }

  /**
   * Takes in whose an answer is.
   *
   * @param askedIn the generation in which it was asked for
   * @returns whether it is of the log that is shown
   */
  meet(logId: string, askedIn = this.logs): boolean {
    this.known ??= logId;
    if (logId === this.known) return true;
    // What was asked of an older log may come in late, and is no news.
    if (askedIn === this.logs) this.beginAnew(logId);
    return false;
  }

  /** What was shown is of a log that is no more. */
  beginAnew(logId = this.known): void {
    this.known = logId;
    this.logs += 1;
    for (const listener of this.listeners) listener();
  }

  onChange(listener: ChangeListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

/** The one of this page. */
export const logIdentity = new LogIdentity();
