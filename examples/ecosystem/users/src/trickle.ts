import type { UsersConfig } from './config.ts';
import { REQUEST_KINDS, type RequestCounts, type RequestKind } from './request-counts.ts';
import type { UserRequest } from './requests.ts';

/** Sends one request after another in a steady beat, however long the answers take, and counts what becomes of each. */
export class Trickle {
  private timer: NodeJS.Timeout | undefined;
  private turn = 0;

  constructor(
    private readonly config: Pick<UsersConfig, 'interval_ms' | 'timeout_ms'>,
    private readonly requests: Readonly<Record<RequestKind, UserRequest>>,
    private readonly counts: RequestCounts,
  ) {}

  start(): void {
    this.timer = setInterval(() => void this.sendNext(), this.config.interval_ms);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async sendNext(): Promise<void> {
    const kind = REQUEST_KINDS[this.turn++ % REQUEST_KINDS.length] ?? 'question';
    this.counts.noteSent(kind);
    try {
      await this.requests[kind](AbortSignal.timeout(this.config.timeout_ms));
      this.counts.noteAnswered(kind);
    } catch (error) {
      this.counts.noteLost(kind, describe(error));
    }
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
