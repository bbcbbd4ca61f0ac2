import { type AppendRequest, type AppendResult, PostgresEventStore, type PostgresEventStoreOptions } from '#libs/event-store';

/** Waits before the first command is stored: everything that it rests on was looked at by then. */
export class HeldStore extends PostgresEventStore {
  private isHeld = false;

  constructor(
    options: PostgresEventStoreOptions,
    private readonly untilLetGo: () => Promise<void>,
  ) {
    super(options);
  }

  override async append(request: AppendRequest): Promise<AppendResult> {
    const commands = request.writes.some(({ events }) => events.some(({ type }) => type === 'FixCommanded'));
    if (commands && !this.isHeld) {
      this.isHeld = true;
      await this.untilLetGo();
    }
    return super.append(request);
  }
}
