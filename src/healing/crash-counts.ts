import { ZantaraError } from '#libs/contracts';

/** As with a message whose handler crashes: after so many times it isn't chance. */
const MOST_CRASHES = 5;

/** Tells what can never be handled from what time will mend, so that a defect about one fix doesn't keep all others waiting. */
export class CrashCounts {
  private readonly byKey = new Map<string, number>();

  /** @param key names what was to be handled */
  isHopeless(key: string, error: unknown): boolean {
    if (error instanceof ZantaraError) return !error.retryable;
    const crashes = (this.byKey.get(key) ?? 0) + 1;
    this.byKey.set(key, crashes);
    return crashes >= MOST_CRASHES;
  }

  /** It was handled, or left out. */
  forget(key: string): void {
    this.byKey.delete(key);
  }
}
