import {
  AppendOutcomeUnknownError,
  type AppendRequest,
  type AppendResult,
  type EventStore,
  type LogHead,
  type LogPage,
  LogUnavailableError,
  type ReadAllOptions,
  type ReadPageOptions,
  type ReadStreamOptions,
  type StoredEvent,
} from '#libs/event-store';
import type { SimProcess } from '../runtime/sim-process.ts';
import type { Weather } from '../weather.ts';
import type { DatabaseServer } from './database-server.ts';

/** As the product's queue before the log: so long it tries the same request again. */
const GIVE_UP_AFTER_MS = 10_000;
const PAUSE_MS = 200;

/** The log as one process reaches it: each append is a way there, a commit and a way back, and can break at each of them. */
export class SimStore implements EventStore {
  private readonly listeners = new Set<(head: number) => void>();

  constructor(
    private readonly server: DatabaseServer,
    private readonly owner: SimProcess,
    private readonly weather: Weather,
  ) {}

  async append(request: AppendRequest): Promise<AppendResult> {
    const { scheduler } = this.server;
    const endMs = scheduler.nowMs + GIVE_UP_AFTER_MS;
    for (let isInDoubt = false; ;) {
      try {
        const result = await this.tryToAppend(request);
        if (result.status === 'appended') for (const listener of this.listeners) listener(result.lastPosition);
        return result;
      } catch (error) {
        if (!(error instanceof LogUnavailableError) && !(error instanceof AppendOutcomeUnknownError)) throw error;
        isInDoubt ||= error instanceof AppendOutcomeUnknownError;
        if (scheduler.nowMs >= endMs) throw isInDoubt ? new AppendOutcomeUnknownError(error) : error;
        await new Promise((resolve) => void setTimeout(resolve, PAUSE_MS));
      }
    }
  }

  async readStream(
    stream: string,
    { fromVersion = 1, after = 0, limit = Infinity }: ReadStreamOptions = {},
  ): Promise<StoredEvent[]> {
    await this.reach();
    const events = this.server.index.stream(stream).slice(fromVersion - 1);
    const wanted = after === 0 ? events : events.filter(({ position }) => position > after);
    return wanted.slice(0, limit);
  }

  async readAll({ after, limit, types }: ReadAllOptions): Promise<StoredEvent[]> {
    await this.reach();
    const events = this.server.index.events.slice(after, types === undefined ? after + limit : undefined);
    return types === undefined ? events : events.filter(({ type }) => types.includes(type)).slice(0, limit);
  }

  async readPage({ after, limit, types }: ReadPageOptions): Promise<LogPage> {
    await this.reach();
    const stretch = this.server.index.events.slice(after, after + limit);
    return { last: after + stretch.length, events: stretch.filter(({ type }) => types?.includes(type) ?? true) };
  }

  async readCorrelated(id: string, { limit }: { limit: number }): Promise<{ events: StoredEvent[]; omitted: number }> {
    await this.reach();
    const events = this.server.index.events.filter(({ metadata }) => metadata.correlation_id === id);
    return { events: events.slice(0, limit), omitted: Math.max(0, events.length - limit) };
  }

  async readPositions(positions: readonly number[]): Promise<StoredEvent[]> {
    await this.reach();
    return positions.flatMap((position) => this.server.index.events[position - 1] ?? []);
  }

  async head(): Promise<LogHead> {
    await this.reach();
    return this.server.store.head();
  }

  async positionAt(time: Date): Promise<number> {
    await this.reach();
    return this.server.store.positionAt(time);
  }

  async logId(): Promise<string> {
    await this.reach();
    return this.server.store.logId();
  }

  noteForeignAppend(): void {}

  onAppended(listener: (head: number) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async close(): Promise<void> {}

  private tryToAppend(request: AppendRequest): Promise<AppendResult> {
    const { scheduler, process, store } = this.server;
    const { weather, owner } = this;
    return new Promise((resolve, reject) => {
      const refuse = (error: Error): void => void scheduler.schedule(weather.shortWayMs(), owner, () => reject(error));
      scheduler.schedule(weather.shortWayMs(), process, () => {
        if (this.server.isDown || weather.chance(weather.roughness.commitRefused)) return refuse(new LogUnavailableError('away'));
        store.append(request).then((result) => {
          this.server.noteAppended();
          if (weather.chance(weather.roughness.commitInDoubt)) return refuse(new AppendOutcomeUnknownError());
          return scheduler.schedule(weather.shortWayMs(), owner, () => resolve(result));
        }, refuse);
      });
    });
  }

  /** Reading takes no time, as what is read may be at hand; but not while the database is away. */
  private async reach(): Promise<void> {
    if (!this.server.isDown) return;
    await new Promise((resolve) => void setTimeout(resolve, this.weather.shortWayMs()));
    throw new LogUnavailableError('away');
  }
}
