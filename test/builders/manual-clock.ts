import { Clock } from '../../src/platform/clock.ts';

/** Time that stands still until the test moves it. */
export class ManualClock extends Clock {
  constructor(private ms = Date.parse('2026-01-01T00:00:00.000Z')) {
    super();
  }

  override nowMs(): number {
    return this.ms;
  }

  override databaseMs(): number {
    return this.ms;
  }

  readonly now = (): Date => new Date(this.ms);

  advance(byMs: number): void {
    this.ms += byMs;
  }
}
