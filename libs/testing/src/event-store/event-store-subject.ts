import type { Checkpoints, EventStore, Upcasters } from '#libs/event-store';

/** What the suite works with. Every call of `open` is a further store on the same log, as in another process; the suite closes it. */
export interface EventStoreSubject {
  open(options?: { upcasters?: Upcasters; onReplaced?: (characters: number) => void }): EventStore;
  readonly checkpoints: Checkpoints;
  /** Has the clock of the log fall behind the time that it recorded last. */
  fallBehind(ms: number): Promise<void>;
  dispose(): Promise<void>;
}

/** The tests get at the subject through this, for it is made only when they run. */
export type GetSubject = () => EventStoreSubject;
