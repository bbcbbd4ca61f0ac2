import { type AppendRequest, type AppendResult, InMemoryEventStore, LogUnavailableError } from '#libs/event-store';

/** A store whose appends fail when the test wants it: `before` nothing is stored, `after` it is and nobody hears of it. */
export class FlakyEventStore extends InMemoryEventStore {
  nextFailure: 'before' | 'after' | undefined;
  /** What somebody else does right before the next append. */
  beforeNextAppend: (() => Promise<void>) | undefined;

  override async append(request: AppendRequest): Promise<AppendResult> {
    const { beforeNextAppend } = this;
    this.beforeNextAppend = undefined;
    await beforeNextAppend?.();
    const failure = this.nextFailure;
    this.nextFailure = undefined;
    if (failure === 'before') throw new LogUnavailableError('broken before the commit');
    const result = await super.append(request);
    if (failure === 'after') throw new LogUnavailableError('broken after the commit');
    return result;
  }
}
