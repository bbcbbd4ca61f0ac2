import { batch, signal } from '@preact/signals';
import { formatPosition, isLogEvent, type LogEvent, Narrator, parsePosition } from '#libs/contracts';
import { readClock } from '../time/clock.ts';
import type { ConnectionState } from './connection.ts';
import type { FeedMessage } from './feed-message.ts';
import { FlushSchedule } from './flush-schedule.ts';
import { type LogIdentity, logIdentity } from './log-identity.ts';
import { addToWindow, emptyWindow, selectFresh } from './log-window.ts';
import { SharedFeed } from './shared-feed.ts';

/** So much of the log before the snapshot is shown, so that the stream says how things came to be as they are. */
const HISTORY = 200;
/** Who was away for longer than this takes begins at the snapshot again. */
const MAX_GAP = 2000;

type EventsListener = (events: readonly LogEvent[]) => void;
type LeapListener = (position: string) => void;

/** The log as this page follows it: what came last, when that was, and who wants to know. */
export class LiveLog {
  readonly window = signal(emptyWindow());
  readonly connection = signal<ConnectionState>({ isOpen: false });
  private readonly eventsListeners = new Set<EventsListener>();
  private readonly leapListeners = new Set<LeapListener>();
  private readonly schedule = new FlushSchedule(() => this.flush());
  private narrator = new Narrator();
  private pending: LogEvent[] = [];
  private feed: SharedFeed | undefined;
  /** What came up to here is history to whoever opened the page; undefined before there is a snapshot. */
  private startPosition: number | undefined;

  constructor(private readonly identity: LogIdentity) {
    identity.onChange(() => this.clear());
  }

  /** Follows the log to which a snapshot belongs, which was made at this position. */
  follow(snapshot: string): void {
    const position = parsePosition(snapshot);
    const { lastPosition } = this.window.peek();
    if (this.startPosition === undefined) this.beginAt(position);
    else if (position - lastPosition > MAX_GAP) this.leapTo(position);
    else if (this.feed === undefined) this.open();
  }

  /** Follows no more, until the next `follow`. */
  rest(): void {
    this.flush();
    this.close();
    this.connection.value = { isOpen: false, lastHeardMs: this.connection.peek().lastHeardMs };
  }

  /** Hands every event to the listener, in order and some at a time: also the history, which a list that was asked for earlier may lack. */
  onEvents(listener: EventsListener): () => void {
    this.eventsListeners.add(listener);
    return () => this.eventsListeners.delete(listener);
  }

  /** Tells the listener up to where events were left out. */
  onLeap(listener: LeapListener): () => void {
    this.leapListeners.add(listener);
    return () => this.leapListeners.delete(listener);
  }

  /** Came after the page was opened. */
  isNews({ position }: LogEvent): boolean {
    return parsePosition(position) > (this.startPosition ?? 0);
  }

  private beginAt(position: number): void {
    this.startPosition = position;
    this.window.value = emptyWindow(Math.max(0, position - HISTORY));
    this.open();
  }

  private leapTo(position: number): void {
    this.close();
    this.pending = [];
    batch(() => {
      this.beginAt(position);
      for (const listener of this.leapListeners) listener(formatPosition(position));
    });
  }

  private open(): void {
    // The first snapshot was an answer too.
    const { lastHeardMs = readClock() } = this.connection.peek();
    this.connection.value = { isOpen: false, lostAtMs: readClock(), lastHeardMs };
    this.feed = new SharedFeed(this.window.peek().lastPosition, (message) => this.take(message));
    this.feed.start();
  }

  private close(): void {
    this.feed?.stop();
    this.feed = undefined;
  }

  private take(message: FeedMessage): void {
    if (message.kind === 'lost') return this.lose();
    this.connection.value = { isOpen: true, lastHeardMs: readClock() };
    if (message.kind === 'event') this.receive(message.data);
    if (message.kind === 'log-id') this.identity.meet(message.logId);
    if (message.kind === 'reset') this.identity.beginAnew();
  }

  private lose(): void {
    const { isOpen, lostAtMs, lastHeardMs } = this.connection.peek();
    this.connection.value = { isOpen: false, lostAtMs: isOpen ? readClock() : lostAtMs, lastHeardMs };
  }

  private receive(data: string): void {
    const event = parseEvent(data);
    if (event === undefined) return;
    this.pending.push(event);
    // The history comes in pieces, and is shown when it is whole: its rows would run past otherwise.
    if (parsePosition(event.position) >= (this.startPosition ?? 0)) this.schedule.request();
  }

  private flush(): void {
    const fresh = selectFresh(this.window.peek().lastPosition, this.pending);
    this.pending = [];
    if (fresh.length === 0) return;
    batch(() => {
      this.window.value = addToWindow(this.window.peek(), fresh, this.narrator);
      for (const listener of this.eventsListeners) listener(fresh);
    });
  }

  /** The log is another one: what was shown of it is gone, until there is a snapshot of the new one. */
  private clear(): void {
    this.close();
    this.pending = [];
    this.narrator = new Narrator();
    this.startPosition = undefined;
    batch(() => {
      this.connection.value = { isOpen: false };
      this.window.value = emptyWindow();
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
export const liveLog = new LiveLog(logIdentity);
