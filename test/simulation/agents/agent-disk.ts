import type { JournalRecord, JournalStorage, OutboxItem, OutboxStorage } from '#libs/agent-core';
import type { Scheduler } from '../runtime/scheduler.ts';
import type { SimProcess } from '../runtime/sim-process.ts';

/** What outlives an agent's process: written when the disk says so, and not before. */
export class AgentDisk {
  readonly journal: JournalRecord[] = [];
  readonly outbox = new Map<string, OutboxItem>();

  constructor(
    private readonly scheduler: Scheduler,
    private readonly platter: SimProcess,
    private readonly latencyMs: () => number,
    private readonly onStored: (item: OutboxItem) => void,
  ) {}

  journalFor(owner: SimProcess): JournalStorage {
    return {
      load: async () => [...this.journal],
      append: (records) => this.write(owner, () => void this.journal.push(...records)),
      rewrite: (records) => this.write(owner, () => void this.journal.splice(0, this.journal.length, ...records)),
    };
  }

  outboxFor(owner: SimProcess): OutboxStorage {
    return {
      load: async () => [...this.outbox.values()],
      add: (items) =>
        this.write(owner, () => {
          for (const item of items) {
            this.outbox.set(item.id, item);
            this.onStored(item);
          }
        }),
      remove: (ids) =>
        this.write(owner, () => {
          for (const id of ids) this.outbox.delete(id);
        }),
    };
  }

  private write(owner: SimProcess, change: () => void): Promise<void> {
    return new Promise((resolve) => {
      this.scheduler.schedule(this.latencyMs(), this.platter, () => {
        // What a process that was killed had under way doesn't come behind the back of the next one.
        if (!owner.isAlive) return;
        change();
        this.scheduler.schedule(this.latencyMs(), owner, resolve);
      });
    });
  }
}
