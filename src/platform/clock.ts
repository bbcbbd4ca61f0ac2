import { Injectable } from '@nestjs/common';

/**
 * The only source of the present. The core gets the time as an argument, and compares it with the times at which events were
 * recorded: so it is the database's clock that counts, it never goes back, and it is never behind an event that was read.
 */
@Injectable()
export class Clock {
  private offsetMs = Date.now() - performance.now();

  /** Milliseconds since 1970. */
  nowMs(): number {
    return Math.floor(performance.now() + this.offsetMs);
  }

  /** Before anything else is asked of it. */
  setTo(now: Date): void {
    this.offsetMs = now.getTime() - performance.now();
  }

  /** It is this late at least. */
  catchUpWith(recordedAt: Date): void {
    this.offsetMs = Math.max(this.offsetMs, recordedAt.getTime() - performance.now());
  }
}
