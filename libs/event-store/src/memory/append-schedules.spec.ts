import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Ending, runSchedule, type ScheduleDriver, ScheduleReader, schedules, type SeenEvent } from '#libs/testing';
import { encodeRequest } from '../encoded-request.ts';
import type { AppendRequest, AppendResult } from '../event-store.ts';
import { type Batch, InMemoryLog } from './in-memory-log.ts';

const RUNS = Number(process.env['SCHEDULE_RUNS'] ?? 5_000);
const LIMIT_MS = 60_000 + RUNS * 3;

interface Transaction {
  readonly request: AppendRequest;
  batch?: Batch;
  ending?: Ending;
}

/** Transactions on the in-memory log as PostgreSQL runs them: who wants to append waits for the lane, and holds it to the end. */
class ModelDriver implements ScheduleDriver {
  readonly log = new InMemoryLog();
  readonly #now = new Date(0);
  #transactions: Transaction[] = [];
  #queue: Transaction[] = [];

  begin(appender: number, request: AppendRequest): void {
    const transaction = { request };
    this.#transactions[appender] = transaction;
    this.#queue.push(transaction);
    this.#advance();
  }

  end(appender: number, ending: Ending): void {
    const transaction = this.#transactions[appender];
    if (transaction === undefined) return;
    transaction.ending = ending;
    // A kill ends even a transaction that still waits; everything else comes after what it waits for.
    if (ending === 'kill') this.#queue = this.#queue.filter((other) => other !== transaction);
    this.#advance();
  }

  async settle(): Promise<void> {}

  async finish(): Promise<(AppendResult | undefined)[]> {
    const results = this.#transactions.map(({ batch }) => batch?.results[0]);
    this.#transactions = [];
    return results;
  }

  async readAfter(position: number): Promise<readonly SeenEvent[]> {
    return this.log.records.slice(position);
  }

  protected stage(transaction: Transaction): Batch {
    return this.log.stage([encodeRequest(transaction.request)], this.#now);
  }

  /** The head of the queue holds the lane. */
  #advance(): void {
    for (let holder = this.#queue[0]; holder !== undefined; holder = this.#queue[0]) {
      holder.batch ??= this.stage(holder);
      if (holder.ending === undefined) return;
      const isCommitted = holder.ending === 'commit' || (holder.ending === 'doubt' && this.log.headPosition % 2 === 0);
      if (isCommitted) this.log.commit(holder.batch);
      this.#queue.shift();
    }
  }
}

/** The bug that this design is about: the position is taken before the lane is locked. */
class EarlyNumberingDriver extends ModelDriver {
  readonly #early = new Map<AppendRequest, number>();
  #next = 1;

  override begin(appender: number, request: AppendRequest): void {
    this.#early.set(request, this.#next);
    this.#next += request.writes[0]?.events.length ?? 0;
    super.begin(appender, request);
  }

  protected override stage(transaction: Transaction): Batch {
    const batch = super.stage(transaction);
    const first = this.#early.get(transaction.request) ?? 0;
    const records = batch.records.map((record, offset) => ({ ...record, position: first + offset }));
    return { ...batch, records };
  }
}

describe('append schedules on the model', () => {
  it(
    `no reader sees a skip, gap, inversion or double in ${RUNS} schedules`,
    async () => {
      let driver = new ModelDriver();
      let reader = new ScheduleReader();
      let isStored = false;
      const property = fc.asyncProperty(schedules(), async (schedule) => {
        if (driver.log.headPosition > 200) [driver, reader] = [new ModelDriver(), new ScheduleReader()];
        await runSchedule(schedule, driver, reader);
        isStored ||= driver.log.headPosition > 0;
      });
      await fc.assert(property, { numRuns: RUNS });
      expect(isStored).toBe(true);
    },
    LIMIT_MS,
  );

  it('finds out when positions are given before the lane is locked', async () => {
    const property = fc.asyncProperty(schedules(), (schedule) =>
      runSchedule(schedule, new EarlyNumberingDriver(), new ScheduleReader()),
    );
    const { failed, errorInstance } = await fc.check(property, { numRuns: 1000 });
    expect(failed).toBe(true);
    expect(String(errorInstance)).toMatch(/position \d+ follows \d+/);
  });
});
