/** What the feed says; `heard` for every sign of life. */
export interface FeedListener {
  opened(): void;
  heard(): void;
  event(data: string): void;
  /** The log is another one than before, and ends here. */
  reset(position: string): void;
  lost(): void;
}

/** The orchestrator says something every 15 s, even if nothing happens. */
const SILENCE_MS = 35_000;
const [FIRST_RETRY_MS, MAX_RETRY_MS] = [500, 10_000];

/**
 * The log as it grows. A connection that is cut is made again by the browser, which hands in the last id; one that was refused,
 * or fell silent, is made again here, after the last event that came.
 */
export class EventFeed {
  private source: EventSource | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private retries = 0;

  constructor(
    private position: string,
    private readonly listener: FeedListener,
  ) {}

  start(): void {
    this.connect();
    globalThis.addEventListener('online', this.connectNow);
  }

  stop(): void {
    this.close();
    globalThis.removeEventListener('online', this.connectNow);
  }

  private readonly connectNow = (): void => {
    if (this.source?.readyState !== EventSource.OPEN) this.connect();
  };

  private connect(): void {
    this.close();
    const source = new EventSource(`/api/events/stream?after=${encodeURIComponent(this.position)}`);
    this.source = source;
    this.watch();
    source.onopen = () => {
      this.retries = 0;
      this.watch();
      this.listener.opened();
    };
    source.onerror = () => this.onError(source);
    source.addEventListener('heartbeat', () => this.onHeard());
    source.addEventListener('log', ({ data, lastEventId }: MessageEvent<unknown>) => {
      this.onHeard(lastEventId);
      this.listener.event(String(data));
    });
    source.addEventListener('reset', ({ lastEventId }) => {
      this.onHeard(lastEventId);
      this.listener.reset(lastEventId);
    });
  }

  private onHeard(position = this.position): void {
    this.position = position;
    this.watch();
    this.listener.heard();
  }

  private onError(source: EventSource): void {
    this.listener.lost();
    // Otherwise the browser tries again by itself.
    if (source.readyState === EventSource.CLOSED) this.retryIn(this.nextDelay());
  }

  private nextDelay(): number {
    this.retries += 1;
    return Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** this.retries);
  }

  private watch(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.listener.lost();
      this.connect();
    }, SILENCE_MS);
  }

  private retryIn(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.connect(), ms);
  }

  private close(): void {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = undefined;
  }
}
