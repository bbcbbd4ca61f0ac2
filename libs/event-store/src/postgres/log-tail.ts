import type { LogPage, ReadPageOptions, StoredEvent, UnreadableEvent } from '../event-store.ts';

export type TailEvent = StoredEvent | UnreadableEvent;

export interface TailPiece {
  readonly position: number;
  readonly event: TailEvent;
  /** Length of its texts, in characters. */
  readonly size: number;
}

/** Reads on after a position, without a hole. */
export type ReadOn = (after: number, limit: number) => Promise<TailPiece[]>;

export interface LogTailLimits {
  readonly events: number;
  readonly characters: number;
}

const DEFAULT_LIMITS: LogTailLimits = { events: 500, characters: 8 * 1024 * 1024 };

/**
 * The newest events of the log, as this process has appended or read them, decoded once for all of its readers. Events never change,
 * so what is kept is never out of date. Whether there are newer ones is asked of the log, for followers only when there is nothing for
 * them or when it was heard that there are.
 */
export class LogTail {
  readonly #readOn: ReadOn;
  readonly #limits: LogTailLimits;
  #pieces: TailPiece[] = [];
  #characters = 0;
  /** Up to which position it holds events; unknown until somebody asks. */
  #end: number | undefined;
  #reading: Promise<unknown> = Promise.resolve();
  #waiting: Promise<void> | undefined;
  #mostWanted = 0;
  /** How often it was heard that the log has more than is kept, and of how many of these times the log was asked since. */
  #heard = 0;
  #lookedFor = 0;

  constructor(readOn: ReadOn, limits: Partial<LogTailLimits> = {}) {
    this.#readOn = readOn;
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
  }

  /** The stretch after a position, as full as the log can make it; `undefined` for a reader who is further behind than what is kept. */
  async readPage({ after, limit, types, follows = false }: ReadPageOptions): Promise<LogPage | undefined> {
    if (this.#end === undefined || after < this.#start) return undefined;
    if (after > this.#end) this.beginAfter(after);
    const isEnough = follows && after < this.#end && this.#heard === this.#lookedFor;
    if (after + limit > this.#end && !isEnough) await this.#extend(limit);
    // It may have moved on while it was extended.
    if (after < this.#start || after > this.#end) return undefined;
    const from = after - this.#start;
    const stretch = this.#pieces.slice(from, from + limit).map(({ event }) => event);
    const last = stretch.at(-1)?.position ?? after;
    return { last, events: types === undefined ? stretch : stretch.filter(({ type }) => types.includes(type)) };
  }

  /** Somebody has read up to here and found nothing newer: from here on it is kept. */
  beginAfter(position: number): void {
    if (this.#end !== undefined && position <= this.#end) return;
    this.#pieces = [];
    this.#characters = 0;
    this.#end = position;
  }

  /** What this process has appended up to a position. Nothing may be left out, so only what follows at once is kept; and only if anybody reads. */
  add(head: number, makePieces: () => readonly TailPiece[]): void {
    if (this.#end === undefined || this.#end >= head) return;
    const pieces = makePieces();
    if (pieces[0]?.position === this.#end + 1) this.#keep(pieces);
    else this.noteAppended();
  }

  /** The log has grown by something that isn't kept. */
  noteAppended(): void {
    this.#heard += 1;
  }

  /** The position before the first event that is kept. */
  get #start(): number {
    return (this.#end ?? 0) - this.#pieces.length;
  }

  /** Those who ask while it is being read share the next reading: the one under way may have missed what they were woken for. */
  #extend(limit: number): Promise<void> {
    this.#mostWanted = Math.max(this.#mostWanted, limit);
    this.#waiting ??= this.#reading.then(() => {
      this.#waiting = undefined;
      return this.#readNext();
    });
    const waiting = this.#waiting;
    this.#reading = waiting.catch(() => undefined);
    return waiting;
  }

  async #readNext(): Promise<void> {
    const from = this.#end ?? 0;
    const limit = this.#mostWanted;
    const heard = this.#heard;
    this.#mostWanted = 0;
    const pieces = await this.#readOn(from, limit);
    if (pieces.length < limit) this.#lookedFor = heard;
    // Meanwhile something may have been added, or somebody further on has begun it anew.
    const end = this.#end ?? from;
    if (end <= from + pieces.length) this.#keep(pieces.slice(end - from));
  }

  #keep(pieces: readonly TailPiece[]): void {
    this.#pieces.push(...pieces);
    this.#characters += pieces.reduce((sum, { size }) => sum + size, 0);
    this.#end = (this.#end ?? 0) + pieces.length;
    this.#trim();
  }

  #trim(): void {
    let dropped = Math.max(0, this.#pieces.length - this.#limits.events);
    let characters = this.#pieces.slice(0, dropped).reduce((sum, { size }) => sum + size, 0);
    while (this.#characters - characters > this.#limits.characters && dropped < this.#pieces.length) {
      characters += this.#pieces[dropped]?.size ?? 0;
      dropped += 1;
    }
    // Seldom and much at once: moving the rest for each event that comes would cost more than reading it.
    if (dropped < this.#limits.events / 4 && this.#characters <= this.#limits.characters) return;
    this.#pieces = this.#pieces.slice(dropped);
    this.#characters -= characters;
  }
}
