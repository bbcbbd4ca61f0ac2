import type { MonotonicClock } from '../monotonic-clock.ts';
import { createEntry, dueAt, isSendable, type OutboxEntry, type OutboxItem, rankOf } from './outbox-item.ts';
import { computeResendDelayMs, computeRetryDelayMs } from './resend-delay.ts';

/** Where the outbox keeps its items: an append-only file, IndexedDB. */
export interface OutboxStorage {
  load(): Promise<readonly OutboxItem[]>;
  /** Resolves when the items survive a crash. */
  add(items: readonly OutboxItem[]): Promise<void>;
  /** May be forgotten in a crash: the items are then sent once more, and the receiver knows them. */
  remove(ids: readonly string[]): Promise<void>;
}

export interface OutboxOptions {
  readonly storage: OutboxStorage;
  readonly clock: MonotonicClock;
  readonly maxItems: number;
  readonly maxBytes: number;
}

export interface OutboxSending {
  readonly item: OutboxItem;
  /** Of its body, as JSON in UTF-8. */
  readonly bytes: number;
  /** 1 for the first sending since the agent started. */
  readonly attempt: number;
}

export interface OutboxStatistics {
  readonly items: number;
  readonly bytes: number;
  /** Dropped since the agent started: the outbox was full, or no message could carry it. */
  readonly dropped: number;
}

/**
 * Holds reports and results until the orchestrator's receipt. Bounded: when it is full, the oldest item of the lowest severity
 * goes, and is counted. Acknowledgements and receipts may come late, twice, or for items that are gone already.
 */
export class Outbox {
  private readonly entries = new Map<string, OutboxEntry>();
  /** Being written: known, so that the same id isn't written twice, but not sent before it is durable. */
  private readonly adding = new Map<string, Promise<boolean>>();
  private bytes = 0;
  private dropped = 0;

  private constructor(private readonly options: OutboxOptions) {}

  /** Loads what the last run left; all of it is due at once, as nobody knows how far it got. */
  static async open(options: OutboxOptions): Promise<Outbox> {
    const outbox = new Outbox(options);
    const nowMs = options.clock.nowMs();
    for (const item of await options.storage.load()) outbox.insert(createEntry(item, nowMs));
    await outbox.drop([...outbox.entries.values()].filter((entry) => !isSendable(entry)).map(({ item }) => item.id));
    await outbox.enforceLimits();
    return outbox;
  }

  /**
   * Resolves when the item survives a crash; false when it was dropped: the outbox is full of worthier ones, or no message can
   * carry it. An id that is in the outbox already is taken as the same item.
   */
  async add(item: OutboxItem): Promise<boolean> {
    if (this.entries.has(item.id)) return true;
    const running = this.adding.get(item.id);
    if (running !== undefined) return running;
    const entry = createEntry(item, this.options.clock.nowMs());
    if (!isSendable(entry)) {
      this.dropped += 1;
      return false;
    }
    const storing = this.store(entry);
    this.adding.set(item.id, storing);
    return storing;
  }

  /** Marks what is due as sent and hands it out: results first, then by severity, then the oldest. */
  takeDue(limit: number): OutboxSending[] {
    const nowMs = this.options.clock.nowMs();
    const due = [...this.entries.values()].filter((entry) => (dueAt(entry) ?? Infinity) <= nowMs);
    due.sort((a, b) => rankOf(b.item) - rankOf(a.item));
    return due.slice(0, limit).map((entry) => {
      entry.delivery = { state: 'sent' };
      entry.attempts += 1;
      return { item: entry.item, bytes: entry.bytes, attempt: entry.attempts };
    });
  }

  /** The broker has it. That is a hint only: without a receipt it is sent again. */
  acknowledge(ids: readonly string[]): void {
    for (const entry of this.sentOf(ids)) {
      entry.failures = 0;
      entry.unreceipted += 1;
      entry.delivery = { state: 'broker-acked', dueMs: this.options.clock.nowMs() + computeResendDelayMs(entry.unreceipted) };
    }
  }

  fail(ids: readonly string[]): void {
    for (const entry of this.sentOf(ids)) {
      entry.failures += 1;
      entry.delivery = { state: 'queued', dueMs: this.options.clock.nowMs() + computeRetryDelayMs(entry.failures) };
    }
  }

  /** The orchestrator has committed these, or refused them for good: they are done. */
  async settle(ids: readonly string[]): Promise<void> {
    const known = ids.filter((id) => this.delete(id));
    if (known.length > 0) await this.options.storage.remove(known);
  }

  /** The connection is back: what waited for another try goes now. What the broker has keeps its time. */
  wake(): void {
    for (const entry of this.entries.values()) {
      if (entry.delivery.state === 'queued') entry.delivery = { state: 'queued', dueMs: this.options.clock.nowMs() };
    }
  }

  /** When the next item is due; `undefined` when nothing waits. */
  nextDueMs(): number | undefined {
    let next: number | undefined;
    for (const entry of this.entries.values()) {
      const due = dueAt(entry);
      if (due !== undefined && (next === undefined || due < next)) next = due;
    }
    return next;
  }

  statistics(): OutboxStatistics {
    return { items: this.entries.size, bytes: this.bytes, dropped: this.dropped };
  }

  private async store(entry: OutboxEntry): Promise<boolean> {
    const { id } = entry.item;
    try {
      await this.options.storage.add([entry.item]);
      this.insert(entry);
    } finally {
      this.adding.delete(id);
    }
    const victims = await this.enforceLimits();
    return !victims.includes(id);
  }

  private insert(entry: OutboxEntry): void {
    if (this.entries.has(entry.item.id)) return;
    this.entries.set(entry.item.id, entry);
    this.bytes += entry.bytes;
  }

  private delete(id: string): boolean {
    const entry = this.entries.get(id);
    if (entry === undefined) return false;
    this.bytes -= entry.bytes;
    return this.entries.delete(id);
  }

  private async enforceLimits(): Promise<readonly string[]> {
    const victims: string[] = [];
    while (this.entries.size > this.options.maxItems || (this.bytes > this.options.maxBytes && this.entries.size > 1)) {
      const victim = this.findLeastWorthy();
      if (victim === undefined || !this.delete(victim)) break;
      victims.push(victim);
    }
    await this.drop(victims);
    return victims;
  }

  /**
   * Counts them as lost. A removal that fails harms nobody, as it may be forgotten anyway; passed on, it would tell whoever added
   * an item that it wasn't stored, and the item would be reported a second time under another id.
   */
  private async drop(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.delete(id);
    this.dropped += ids.length;
    if (ids.length > 0) await this.options.storage.remove(ids).catch(() => undefined);
  }

  /** The map keeps the order of insertion, so the first of the lowest rank is the oldest. */
  private findLeastWorthy(): string | undefined {
    let least: OutboxItem | undefined;
    for (const { item } of this.entries.values()) {
      if (least === undefined || rankOf(item) < rankOf(least)) least = item;
    }
    return least?.id;
  }

  private sentOf(ids: readonly string[]): OutboxEntry[] {
    return ids.flatMap((id) => {
      const entry = this.entries.get(id);
      return entry?.delivery.state === 'sent' ? [entry] : [];
    });
  }
}
