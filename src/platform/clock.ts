import { Injectable } from '@nestjs/common';

/**
 * The only source of the present. The core gets the time as an argument, and compares it with the times at which events were
 * recorded: so it is the database's clock that counts, and nothing that was read is later than now.
 */
@Injectable()
export class Clock {
  private databaseOffsetMs = Date.now() - performance.now();
  private brokerOffsetMs: number | undefined;
  private latestRecordedMs = 0;
  private last = { atMs: performance.now(), nowMs: 0 };

  /**
   * Milliseconds since 1970, as the log counts them. Where the log's times are ahead of the database's clock, which then was set
   * back, this goes at half the speed until they agree again: it neither goes back nor stands still, so timers fire.
   */
  nowMs(): number {
    const atMs = performance.now();
    const halfWay = this.last.nowMs + (atMs - this.last.atMs) / 2;
    this.last = { atMs, nowMs: Math.max(this.databaseMs(), this.latestRecordedMs, halfWay) };
    return Math.floor(this.last.nowMs);
  }

  /** What time it is in the database, for comparing with clocks of others than the log's. */
  databaseMs(): number {
    return performance.now() + this.databaseOffsetMs;
  }

  /** The database was asked just now. */
  setTo(databaseTime: Date): void {
    this.databaseOffsetMs = databaseTime.getTime() - performance.now();
  }

  /**
   * When the broker stored something, in milliseconds as the database counts them: their clocks may be an hour apart, and a fault that
   * seems to be from before what was done about it, or a heartbeat from before an outage, is not heard.
   */
  ofBroker(storedAt: Date): number {
    const { databaseOffsetMs, brokerOffsetMs = databaseOffsetMs } = this;
    return storedAt.getTime() - brokerOffsetMs + databaseOffsetMs;
  }

  /** The broker said so when it was this late by the monotonic clock of this process. */
  setBrokerTo(brokerTime: Date, atMs: number): void {
    this.brokerOffsetMs = brokerTime.getTime() - atMs;
  }

  /** It is this late at least. */
  catchUpWith(recordedAt: Date): void {
    this.latestRecordedMs = Math.max(this.latestRecordedMs, recordedAt.getTime());
  }
}
