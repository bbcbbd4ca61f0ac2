/** Nobody reads faster, and each time costs the drawing of what has changed. */
const MIN_INTERVAL_MS = 150;

/** Runs `flush` soon, not too often. It waits for no frame of the screen: a window that is covered by another may have none. */
export class FlushSchedule {
  private isScheduled = false;
  private lastMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly flush: () => void) {}

  request(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setTimeout(this.run, Math.max(0, this.lastMs + MIN_INTERVAL_MS - performance.now()));
  }

  private readonly run = (): void => {
    this.isScheduled = false;
    this.lastMs = performance.now();
    this.flush();
  };
}
