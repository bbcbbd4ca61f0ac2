import type { ExposureCounts } from '#libs/fix-strategies';

const EVERY_MS = 25;

/** Real requests to a scripted service, one every 25 ms, and what whoever passes them on counts of them. */
export class ScriptedUsers {
  private readonly timer: NodeJS.Timeout | undefined;
  readonly counted: ExposureCounts;

  /**
   * @param options.retry whether a failure is hidden by asking once more
   * @param options.before what was counted until now
   */
  constructor(
    private readonly url: string,
    private readonly options: { comes: boolean; retry: boolean; before: ExposureCounts },
  ) {
    this.counted = { ...options.before };
    if (options.comes) this.timer = setInterval(() => void this.visit(), EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async visit(): Promise<void> {
    const isAnswered = await ask(this.url);
    const isMasked = !isAnswered && this.options.retry && (await ask(this.url));
    this.counted.total += 1;
    if (isMasked) this.counted.masked += 1;
    else if (!isAnswered) this.counted.failed += 1;
  }
}

const ask = async (url: string): Promise<boolean> => {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
};
