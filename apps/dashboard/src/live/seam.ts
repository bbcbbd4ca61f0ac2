import type { FeedMessage } from './feed-message.ts';

/** Where a tab goes on with a stream that it shares with others. A stream that begins further on would leave it a gap. */
export class Seam {
  private isClosed = false;

  constructor(private end: number) {}

  /** What it has come to; nothing up to here is missing. */
  get position(): number {
    return this.end;
  }

  /** Whether it may take what the stream says; a loss concerns everybody. */
  accepts(message: FeedMessage): boolean {
    if (message.kind === 'opened') this.isClosed = message.after <= this.end;
    if (message.kind === 'event' && this.isClosed) this.end = Math.max(this.end, message.position);
    return this.isClosed || message.kind === 'lost';
  }
}
