import { batch, computed, signal } from '@preact/signals';
import { formatPosition, isLogEvent, type LogEvent, Narrator, parsePosition } from '#libs/contracts';
import { now } from '../time/clock.ts';
import { computeFreshness, type ConnectionState } from './connection.ts';
import { EventFeed } from './event-feed.ts';
import { FlushSchedule } from './flush-schedule.ts';
import { addToWindow, emptyWindow, selectFresh } from './log-window.ts';

/** So much of the log before the snapshot is shown, so that the stream says how things came to be as they are. */
const HISTORY = 200;
/** A page that isn't seen is given time seldom; what waits must not grow without end. */
const MAX_PENDING = 2000;

type EventsListener = (events: readonly LogEvent[]) => void;

/** The log as this page follows it: what came last, how fresh that is, and who wants to know. */
export class LiveLog {
  readonly window = signal(emptyWindow());
  private readonly connection = signal<ConnectionState>({ isOpen: false, lostAtMs: undefined });
  readonly freshness = computed(() => computeFreshness(this.connection.value, now.value));
  private readonly listeners = new Set<EventsListener>();
  private readonly resetListeners = new Set<() => void>();
  private readonly schedule = new FlushSchedule(() => this.flush());
  private narrator = new Narrator();
  private pending: LogEvent[] = [];
  private feed: EventFeed | undefined;
  /** What came up to here is history to whoever opened the page. */
  private startPosition = 0;

  /** Follows from the position of a snapshot on, and shows a little of what was before. */
  start(position: string): void {
    if (this.feed !== undefined) return;
    this.startPosition = parsePosition(position);
    const after = Math.max(0, this.startPosition - HISTORY);
    this.window.value = emptyWindow(after);
    this.feed = new EventFeed(formatPosition(after), {
      opened: () => this.setOpen(true),
      heard: () => this.setOpen(true),
      lost: () => this.setOpen(false),
      event: (data) => this.receive(data),
      reset: (end) => this.reset(end),
    });
    this.feed.start();
  }

  /** Hands every event to the listener, in order and some at a time: also the history, which a list that was asked for earlier may lack. */
  onEvents(listener: EventsListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Came after the page was opened. */
  isNews({ position }: LogEvent): boolean {
    return parsePosition(position) > this.startPosition;
  }

  onReset(listener: () => void): () => void {
    this.resetListeners.add(listener);
    return () => this.resetListeners.delete(listener);
  }

  private setOpen(isOpen: boolean): void {
    const known = this.connection.peek();
    if (isOpen === known.isOpen && (isOpen || known.lostAtMs !== undefined)) return;
    this.connection.value = { isOpen, lostAtMs: isOpen ? undefined : now.peek() };
  }

  private receive(data: string): void {
    const event = parseEvent(data);
    if (event === undefined) return;
    this.pending.push(event);
    if (this.pending.length >= MAX_PENDING) this.flush();
    // The history comes in pieces, and is shown when it is whole: its rows would run past otherwise.
    else if (parsePosition(event.position) >= this.startPosition) this.schedule.request();
  }

  private flush(): void {
    const fresh = selectFresh(this.window.peek().lastPosition, this.pending);
    this.pending = [];
    if (fresh.length === 0) return;
    batch(() => {
      this.window.value = addToWindow(this.window.peek(), fresh, this.narrator);
      for (const listener of this.listeners) listener(fresh);
    });
  }

  private reset(end: string): void {
    this.pending = [];
    this.narrator = new Narrator();
    this.startPosition = parsePosition(end);
    batch(() => {
      this.window.value = emptyWindow(this.startPosition);
      for (const listener of this.resetListeners) listener();
    });
  }
}

function parseEvent(data: string): LogEvent | undefined {
  try {
    const body: unknown = JSON.parse(data);
    if (!isLogEvent(body)) return undefined;
    parsePosition(body.position);
    return body;
  } catch {
    return undefined;
  }
}

/** The one of this page. */
export const liveLog = new LiveLog();
