import { ZantaraError } from '#libs/contracts';
import { CrashCounts, MAX_CRASHES } from '#libs/messaging';

/** Tells what can never be handled from what time will mend, so that a defect about one fix doesn't keep all others waiting. */
export class Poison {
  private readonly crashes = new CrashCounts();

  /**
   * Whether what was to be handled is to be left out: at once where its error is final, otherwise when it has crashed as often as a
   * message that is buried.
   *
   * @param key names what was to be handled
   */
  isPoison(key: string, error: unknown): boolean {
    if (error instanceof ZantaraError) return !error.retryable;
    return this.crashes.add(key) >= MAX_CRASHES;
  }

  /** It was handled, or left out. */
  forget(key: string): void {
    this.crashes.forget(key);
  }
}
