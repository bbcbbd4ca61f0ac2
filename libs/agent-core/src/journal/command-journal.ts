import type { Result } from '#libs/contracts';
import { JournalUnwritableError } from '../agent-core.errors.ts';
import { computeAgeMs, type Instant, type MonotonicClock } from '../monotonic-clock.ts';
import type { Fence, JournalEntry, JournalRecord } from './journal-record.ts';

export interface JournalStorage {
  load(): Promise<readonly JournalRecord[]>;
  /** Resolves when the records survive a crash. */
  append(records: readonly JournalRecord[]): Promise<void>;
  /** Replaces everything in one step. */
  rewrite(records: readonly JournalRecord[]): Promise<void>;
}

export interface StartRequest {
  readonly commandId: string;
  readonly serviceId: string;
  readonly strategy: string;
  readonly fence: Fence;
  /** The command that it takes back. */
  readonly undoes?: string | undefined;
}

const KEPT_COMMANDS = 500;

/**
 * What the agent has done, written before it is done. A command id is started at most once, ever: what compaction forgets is
 * still below the fence of its target.
 */
export class CommandJournal {
  private readonly commands = new Map<string, JournalEntry>();
  private readonly fences = new Map<string, Fence>();
  private readonly starts: { readonly serviceId: string; readonly at: Instant }[] = [];

  private lastTurn: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly storage: JournalStorage,
    private readonly clock: MonotonicClock,
  ) {}

  static async open(storage: JournalStorage, clock: MonotonicClock): Promise<CommandJournal> {
    const journal = new CommandJournal(storage, clock);
    for (const record of await storage.load()) journal.fold(record);
    journal.rebaseStarts();
    if (journal.commands.size > KEPT_COMMANDS) await journal.compact();
    return journal;
  }

  find(commandId: string): JournalEntry | undefined {
    return this.commands.get(commandId);
  }

  findFence(serviceId: string): Fence | undefined {
    return this.fences.get(serviceId);
  }

  /** Commands that were started and never finished: cut off by the end of an agent's process. */
  unfinished(): { commandId: string; serviceId: string; strategy: string }[] {
    return [...this.commands].flatMap(([commandId, entry]) =>
      entry.state === 'started' ? [{ commandId, serviceId: entry.serviceId, strategy: entry.strategy }] : [],
    );
  }

  /** Results that no receipt came for. They are put into the outbox again at start: it may have lost them in a crash. */
  undelivered(): Result[] {
    return [...this.commands.values()].flatMap((entry) => (entry.state === 'started' || entry.receipted ? [] : [entry.result]));
  }

  /**
   * What keeps a command from being undone here: it wasn't carried out well, by this strategy and on this target, as far as is
   * still known, or an undo of it was begun before, however that ended.
   */
  findUndoHindrance({
    undoes,
    serviceId,
    strategy,
  }: Pick<StartRequest, 'serviceId' | 'strategy'> & { undoes: string }): 'nothing-to-undo' | 'undone-before' | undefined {
    const entry = this.commands.get(undoes);
    const start = entry && findStart(entry);
    const isDone = entry?.state === 'finished' && entry.result.phase === 'succeeded' && start?.undoes === undefined;
    if (!isDone || start?.service_id !== serviceId || start.strategy !== strategy) return 'nothing-to-undo';
    return [...this.commands.values()].some((other) => findStart(other)?.undoes === undoes) ? 'undone-before' : undefined;
  }

  /** Undos don't count: what was done last could otherwise never be taken back. */
  countStarts(serviceId: string, windowMs: number): number {
    return this.starts.filter(({ serviceId: id, at }) => id === serviceId && (computeAgeMs(this.clock, at) ?? 0) < windowMs)
      .length;
  }

  /**
   * Resolves to true when the start survives a crash; only then may anything be done. False: the command is known, its fence
   * isn't above the last one of its target, or what it undoes can't be undone. A start that couldn't be written is none: the command may come again.
   *
   * @throws JournalUnwritableError
   */
  start({ commandId, serviceId, strategy, fence, undoes }: StartRequest): Promise<boolean> {
    // Judged in its turn, so that of two racing starts the second sees the first.
    return this.inTurn(async () => {
      if (this.commands.has(commandId) || !isAbove(fence, this.fences.get(serviceId))) return false;
      if (undoes !== undefined && this.findUndoHindrance({ undoes, serviceId, strategy }) !== undefined) return false;
      const at = { epoch: this.clock.epoch, ms: this.clock.nowMs() };
      const what = { command_id: commandId, service_id: serviceId, strategy, fence, at };
      await this.append({ type: 'started', ...what, ...(undoes === undefined ? {} : { undoes }) });
      return true;
    });
  }

  async finish(commandId: string, result: Result): Promise<void> {
    await this.write({ type: 'finished', command_id: commandId, result });
    if (this.commands.size > 2 * KEPT_COMMANDS) await this.inTurn(() => this.compact());
  }

  /** Remembers a refusal, so that the same command gets the same answer whenever it comes again. */
  async refuse(commandId: string, result: Result): Promise<void> {
    if (!this.commands.has(commandId)) await this.write({ type: 'refused', command_id: commandId, result });
  }

  async markReceipted(commandId: string): Promise<void> {
    const entry = this.commands.get(commandId);
    if (entry === undefined || entry.state === 'started' || entry.receipted) return;
    await this.write({ type: 'receipted', command_id: commandId });
  }

  private write(record: JournalRecord): Promise<void> {
    return this.inTurn(() => this.append(record));
  }

  /** What isn't on the disk isn't known either, or a repeated command would be answered for what never began. */
  private async append(record: JournalRecord): Promise<void> {
    try {
      await this.storage.append([record]);
    } catch (error) {
      throw new JournalUnwritableError(error);
    }
    this.fold(record);
  }

  /** One write after another: compaction must not overtake a record that is on its way to the disk. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.lastTurn.then(work);
    this.lastTurn = turn.catch(() => undefined);
    return turn;
  }

  private fold(record: JournalRecord): void {
    if (record.type === 'fence') {
      this.raiseFence(record.service_id, record.fence);
      return;
    }
    const known = this.commands.get(record.command_id);
    const records = [...(known?.records ?? []), record];
    switch (record.type) {
      case 'started':
        if (known !== undefined) return;
        this.commands.set(record.command_id, {
          state: 'started',
          serviceId: record.service_id,
          strategy: record.strategy,
          records,
        });
        this.raiseFence(record.service_id, record.fence);
        if (record.undoes === undefined) this.starts.push({ serviceId: record.service_id, at: record.at });
        return;
      case 'finished':
      case 'refused':
        this.commands.set(record.command_id, { state: record.type, result: record.result, receipted: false, records });
        return;
      case 'receipted':
        if (known !== undefined && known.state !== 'started') {
          this.commands.set(record.command_id, { ...known, receipted: true, records });
        }
        return;
    }
  }

  private raiseFence(serviceId: string, fence: Fence): void {
    if (isAbove(fence, this.fences.get(serviceId))) this.fences.set(serviceId, fence);
  }

  /** Starts of an earlier run of the machine have an unknown age, so they count as if they were made now. */
  private rebaseStarts(): void {
    const now = { epoch: this.clock.epoch, ms: this.clock.nowMs() };
    const known = this.starts.map(({ serviceId, at }) => ({
      serviceId,
      at: computeAgeMs(this.clock, at) === undefined ? now : at,
    }));
    this.starts.splice(0, this.starts.length, ...known);
  }

  /** Forgets the oldest commands that are done and receipted. Their fences stay. */
  private async compact(): Promise<void> {
    const surplus = this.commands.size - KEPT_COMMANDS;
    const done = [...this.commands].filter(([, entry]) => entry.state !== 'started' && entry.receipted);
    for (const [commandId] of done.slice(0, Math.max(0, surplus))) this.commands.delete(commandId);
    const fences = [...this.fences].map(([serviceId, fence]): JournalRecord => ({ type: 'fence', service_id: serviceId, fence }));
    await this.storage.rewrite([...fences, ...[...this.commands.values()].flatMap(({ records }) => records)]);
  }
}

const findStart = ({ records }: JournalEntry): Extract<JournalRecord, { type: 'started' }> | undefined =>
  records.find((record) => record.type === 'started');

/** Above the last accepted one, in the same log. Another log's positions say nothing about this one's. */
export const isAbove = (fence: Fence, last: Fence | undefined): boolean =>
  last === undefined || (fence.log_id === last.log_id && fence.position > last.position);
