import { InMemoryCheckpoints, InMemoryEventStore, type StoredEvent } from '#libs/event-store';
import type { Scheduler } from '../runtime/scheduler.ts';
import { SimProcess } from '../runtime/sim-process.ts';
import { LogIndex } from './log-index.ts';

type Listener = (events: readonly StoredEvent[]) => void;

/** The database of a world: one log for all orchestrators, its time, and whether it can be reached. */
export class DatabaseServer {
  readonly process = new SimProcess('database');
  readonly store: InMemoryEventStore;
  readonly index: LogIndex;
  readonly checkpoints = new InMemoryCheckpoints();
  /** Until then nobody reaches it. */
  downUntilMs = 0;
  /** Its clock was set. */
  clockOffsetMs = 0;
  private readonly listeners: Listener[] = [];

  constructor(
    readonly scheduler: Scheduler,
    private readonly beginsAtMs: number,
  ) {
    this.store = new InMemoryEventStore({ now: () => this.now() });
    this.index = new LogIndex(this.store.log);
  }

  get isDown(): boolean {
    return this.scheduler.nowMs < this.downUntilMs;
  }

  now(): Date {
    return new Date(Math.floor(this.beginsAtMs + this.scheduler.nowMs + this.clockOffsetMs));
  }

  onAppended(listener: Listener): void {
    this.listeners.push(listener);
  }

  noteAppended(): void {
    const events = this.index.catchUp();
    if (events.length > 0) for (const listener of this.listeners) listener(events);
  }
}
