import type { ReaderCheckpoints, StoredEvent } from '#libs/event-store';
import type { Log } from '../../src/platform/log/log.ts';
import { type LogHandler, LogSubscriptions, type ReaderOptions } from '../../src/platform/log/log-subscriptions.ts';
import { ManualClock } from './manual-clock.ts';
import { RecordingLogger } from './recording-logger.ts';

interface Reader {
  handle: LogHandler;
  checkpoints: ReaderCheckpoints;
  /** Where the reader believes to be; `undefined` when it has to ask. */
  at?: number | undefined;
  /** Where the checkpoint is believed to be. */
  stored: number;
}

/** Readers of the log that move only when the test says so, each step as the real ones do it. */
export class SteppedSubscriptions extends LogSubscriptions {
  private readonly readers = new Map<string, Reader>();
  private readonly followers = new Map<string, (signal: AbortSignal) => Promise<boolean>>();

  constructor(private readonly steppedLog: Log) {
    super(steppedLog, new RecordingLogger(), new ManualClock());
  }

  override register(name: string, handle: LogHandler, { checkpoints = this.steppedLog.checkpoints }: ReaderOptions = {}): void {
    this.readers.set(name, { handle, checkpoints, stored: 0 });
  }

  override followBySteps(name: string, step: (signal: AbortSignal) => Promise<boolean>): void {
    this.followers.set(name, step);
  }

  /** Lets one that keeps its progress by itself take in whatever there is. */
  async follow(name: string): Promise<void> {
    const step = this.followers.get(name);
    if (step === undefined) throw new Error(`nobody follows as ${name}`);
    while (await step(new AbortController().signal));
  }

  override onApplicationBootstrap(): void {}

  /** One batch of one reader; tells how many events it had. With `isCutOff` the progress isn't stored. */
  async step(name: string, { limit = 500, isCutOff = false } = {}): Promise<number> {
    const reader = this.readers.get(name);
    if (reader === undefined) throw new Error(`there is no reader ${name}`);
    try {
      const from = reader.at ?? (reader.stored = await reader.checkpoints.load(name));
      const events: StoredEvent[] = await this.steppedLog.store.readAll({ after: from, limit });
      const last = events.at(-1)?.position;
      if (last === undefined) return 0;
      await reader.handle(events);
      if (isCutOff) return events.length;
      reader.at = (await storeProgress(name, reader, last)) ? last : undefined;
      return events.length;
    } catch (error) {
      reader.at = undefined;
      throw error;
    }
  }

  /** Another orchestrator has handled everything so far. */
  async overtake(name: string): Promise<void> {
    const reader = this.readers.get(name);
    if (reader === undefined) throw new Error(`there is no reader ${name}`);
    const { position } = await this.steppedLog.store.head();
    await reader.checkpoints.advance(name, await reader.checkpoints.load(name), position);
    reader.at = undefined;
  }

  /** Lets all readers run until none has anything left. */
  async drain(): Promise<void> {
    for (let handled = 1; handled > 0;) {
      handled = 0;
      for (const name of this.readers.keys()) handled += await this.step(name);
    }
  }
}

async function storeProgress(name: string, reader: Reader, last: number): Promise<boolean> {
  const { checkpoints, stored } = reader;
  const safe = checkpoints.findSafe?.(last) ?? last;
  if (safe <= stored) return true;
  reader.stored = safe;
  return checkpoints.advance(name, stored, safe);
}
