import { hasShape } from '#libs/contracts';
import { SILENCE_MS } from './connection.ts';
import type { FeedMessage } from './feed-message.ts';

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
    private position: number,
    private readonly tell: (message: FeedMessage) => void,
  ) {}

  start(): void {
    this.connect();
    globalThis.addEventListener('online', this.connectNow);
  }

  stop(): void {
    this.close();
    globalThis.removeEventListener('online', this.connectNow);
  }

  /** Somebody lacks what comes after this position. */
  rewind(position: number): void {
    this.position = Math.min(this.position, position);
    this.connect();
  }

  private readonly connectNow = (): void => {
    if (this.source?.readyState !== EventSource.OPEN) this.connect();
  };

  private connect(): void {
    this.close();
    const source = new EventSource(`/api/events/stream?after=${this.position}`);
    this.source = source;
    this.watch();
    source.onopen = () => {
      this.retries = 0;
      this.hear({ kind: 'opened', after: this.position });
    };
    source.onerror = () => this.onError(source);
    for (const kind of ['heartbeat', 'reset'] as const) source.addEventListener(kind, () => this.hear({ kind }));
    source.addEventListener('log-id', ({ data }: MessageEvent<unknown>) => {
      const logId = parseLogId(String(data));
      if (logId !== undefined) this.hear({ kind: 'log-id', logId });
    });
    source.addEventListener('log', ({ data, lastEventId }: MessageEvent<unknown>) => {
      this.position = Number(lastEventId);
      this.hear({ kind: 'event', position: this.position, data: String(data) });
    });
  }

  private hear(message: FeedMessage): void {
    this.watch();
    this.tell(message);
  }

  private onError(source: EventSource): void {
    this.tell({ kind: 'lost' });
    // Otherwise the browser tries again by itself.
    if (source.readyState === EventSource.CLOSED) this.connectIn(this.nextDelay());
  }

  private nextDelay(): number {
    this.retries += 1;
    return Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** this.retries);
  }

  private watch(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.tell({ kind: 'lost' });
      this.connect();
    }, SILENCE_MS);
  }

  private connectIn(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.connect(), ms);
  }

  private close(): void {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = undefined;
  }
}

function parseLogId(data: string): string | undefined {
  try {
    const body: unknown = JSON.parse(data);
    return hasShape(body, { log_id: 'string' }) ? String(body['log_id']) : undefined;
  } catch {
    return undefined;
  }
}
