import type { StoredEvent } from '#libs/event-store';
import { projectPage } from '../../../src/platform/projections/project-page.ts';
import type { Projection, Row } from '../../../src/platform/projections/projection.ts';
import { evolveRow, createRow } from '../../../src/platform/projections/row-evolution.ts';
import { toKeyText } from '../../../src/platform/projections/table-fold.ts';
import { READ_MODELS } from '../../../src/read-models.ts';
import type { DatabaseServer } from '../log/database-server.ts';

/** Those that something of the loop is decided by, or that the log checker knows. */
const FOLDED = ['incidents', 'decisions', 'fixes', 'fix_timers', 'escalations', 'services'];
export const FOLDED_READ_MODELS: readonly Projection[] = READ_MODELS.filter(({ name }) => FOLDED.includes(name));

const LATE_MS = 40;

/** Read models in memory, kept up with the log event by event as the product's own are. */
export class ReadSide {
  position = 0;
  /** Before this moment they stand still. */
  heldUntilMs = 0;
  private readonly tables = new Map<string, Map<string, Row>>();
  private isWoken = false;

  constructor(private readonly server: DatabaseServer) {
    server.onAppended(() => this.wake());
  }

  rows(table: string): readonly Row[] {
    return [...(this.tables.get(table)?.values() ?? [])];
  }

  find(table: string, key: string): Row | undefined {
    return this.tables.get(table)?.get(JSON.stringify([key]));
  }

  /** How old the first event is that they don't show. */
  get lagMs(): number {
    const next = this.server.index.events[this.position];
    return next === undefined ? 0 : Math.max(0, this.server.now().getTime() - next.recordedAt.getTime());
  }

  protected take(event: StoredEvent): void {
    for (const projection of FOLDED_READ_MODELS) if (projection.types.includes(event.type)) this.fold(projection, event);
  }

  private wake(): void {
    if (this.isWoken) return;
    this.isWoken = true;
    const { scheduler, process } = this.server;
    scheduler.schedule(Math.max(LATE_MS, this.heldUntilMs - scheduler.nowMs), process, () => this.catchUp());
  }

  private catchUp(): void {
    this.isWoken = false;
    if (this.heldUntilMs > this.server.scheduler.nowMs) return this.wake();
    const events = this.server.index.events.slice(this.position);
    for (const event of events) this.take(event);
    this.position += events.length;
  }

  private fold(projection: Projection, event: StoredEvent): void {
    const { operations, parked } = projectPage(projection, { events: [event] }, () => false);
    if (parked.length > 0) throw new Error(JSON.stringify(parked));
    for (const { operation } of operations) {
      const table = operation.definition;
      const rows = this.tables.get(table.name) ?? new Map<string, Row>();
      this.tables.set(table.name, rows);
      const row = operation.kind === 'insert' ? createRow(table, operation.row) : undefined;
      const key = operation.kind === 'insert' ? toKeyText(table, operation.row) : toKeyText(table, operation.key);
      const next = row ?? (operation.kind === 'insert' ? undefined : evolveRow(rows.get(key), operation));
      if (next === undefined) rows.delete(key);
      else rows.set(key, next);
    }
  }
}
