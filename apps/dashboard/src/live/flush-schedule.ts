/** Nobody reads faster, and each time costs the drawing of what has changed. */
const MIN_INTERVAL_MS = 150;
const HIDDEN_INTERVAL_MS = 1000;

/** Runs `flush` with the next frame, not too often; a page that isn't seen has no frames, and is given time instead. */
export class FlushSchedule {
  private isScheduled = false;
  private lastMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly flush: () => void) {}

  request(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    if (document.hidden) setTimeout(this.run, HIDDEN_INTERVAL_MS);
    else setTimeout(() => requestAnimationFrame(this.run), Math.max(0, this.lastMs + MIN_INTERVAL_MS - performance.now()));
  }

  private readonly run = (): void => {
    this.isScheduled = false;
    this.lastMs = performance.now();
    this.flush();
  };
}
