import type { EventStore } from '#libs/event-store';
import { asRecorded, type DomainEvent, type Recorded } from './domain-event.ts';
import type { Folded } from './fold-stream.ts';

/**
 * A stream that is asked all the time, kept folded in memory: only what was appended since is read. What others appended is
 * known after `catchUp`; what was known before stays known while the log is away.
 */
export class FollowedStream<S, E extends DomainEvent> {
  private folded: Folded<S>;
  private reading: Promise<unknown> = Promise.resolve();
  private waiting: Promise<Folded<S>> | undefined;

  constructor(
    private readonly store: EventStore,
    private readonly stream: string,
    initial: S,
    private readonly evolve: (state: S, event: Recorded<E>) => S,
  ) {
    this.folded = { state: initial, version: 0 };
  }

  /** As it was when it was last read; version 0 when it never was, or is empty. */
  get current(): Folded<S> {
    return this.folded;
  }

  /** What the log holds by now. Those who ask while it is being read share the next reading, as each reads on from the one before. */
  catchUp(): Promise<Folded<S>> {
    this.waiting ??= this.reading.then(() => {
      this.waiting = undefined;
      return this.readOn();
    });
    const { waiting } = this;
    this.reading = waiting.catch(() => undefined);
    return waiting;
  }

  /** Takes in an event of the stream that was read otherwise; tells whether nothing is missing before it. */
  take(event: Recorded<E>): boolean {
    const { state, version } = this.folded;
    if (event.version === version + 1) this.folded = { state: this.evolve(state, event), version: event.version };
    return event.version <= version + 1;
  }

  private async readOn(): Promise<Folded<S>> {
    const { version } = this.folded;
    // Some may have been taken in meanwhile.
    for (const event of asRecorded<E>(await this.store.readStream(this.stream, { fromVersion: version + 1 }))) this.take(event);
    return this.folded;
  }
}
