import type { EventStore } from '#libs/event-store';
import { asRecorded, type DomainEvent, type Recorded } from './domain-event.ts';
import type { Folded } from './fold-stream.ts';

/**
 * A stream that is asked all the time, kept folded in memory: only what was appended since is read. What others appended is
 * known after `catchUp`; what was known before stays known while the log is away.
 */
export class FollowedStream<S, E extends DomainEvent> {
  private folded: Folded<S>;
  private latest: Promise<unknown> = Promise.resolve();

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

  /** What the log holds by now. Those who ask at once are answered one after the other, as each reads on from the one before. */
  catchUp(): Promise<Folded<S>> {
    const reading = this.latest.then(() => this.readOn());
    this.latest = reading.catch(() => undefined);
    return reading;
  }

  private async readOn(): Promise<Folded<S>> {
    const { state, version } = this.folded;
    const added = asRecorded<E>(await this.store.readStream(this.stream, { fromVersion: version + 1 }));
    const last = added.at(-1);
    if (last !== undefined) this.folded = { state: added.reduce(this.evolve, state), version: last.version };
    return this.folded;
  }
}
