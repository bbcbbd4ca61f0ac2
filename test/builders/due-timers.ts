import type { Database } from '../../src/platform/database/database.ts';
import { fixTimersProjection } from '../../src/healing/saga/fix-timers.projection.ts';
import type { Log } from '../../src/platform/log/log.ts';
import { readWhole } from './log-builder.ts';
import { applyToTables } from './table-model.ts';

/** Answers the one question of the timers' poller from the log itself, as the projected table would. */
export class DueTimers {
  /** Set to let the table be unreadable once. */
  nextFailure: Error | undefined;
  /** How often it was asked. */
  looks = 0;

  constructor(private readonly log: Log) {}

  get database(): Database {
    return { query: (_text: string, values: [Date, number]) => this.query(...values) } as unknown as Database;
  }

  private async query(dueBy: Date, limit: number): Promise<unknown[]> {
    this.looks += 1;
    const failure = this.nextFailure;
    this.nextFailure = undefined;
    if (failure !== undefined) throw failure;
    const rows = applyToTables(fixTimersProjection, await readWhole(this.log)).get('fix_timers') ?? [];
    return rows
      .filter(({ due_at: dueAt }) => new Date(String(dueAt)) <= dueBy)
      .toSorted((a, b) => String(a['due_at']).localeCompare(String(b['due_at'])))
      .slice(0, limit);
  }
}
