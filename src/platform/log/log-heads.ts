import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { logHeadSubject } from '#libs/contracts';
import { NatsLink } from '#libs/messaging';
import { Configuration } from '../config/configuration.ts';
import { Log } from './log.ts';
import { LogSubscriptions } from './log-subscriptions.ts';

/** Whoever hears of it reads all that was appended until then: hundreds of words a second would tell nobody more. */
const MIN_STEP_MS = 20;

/** Tells the other orchestrators, and the other thread of this one, that the log has grown, and hears it from them. A lost word costs a poll's time, never an event. */
@Injectable()
export class LogHeads implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly subject: string;
  private readonly listeners = new Set<() => void>();
  /** As far as this thread has appended, of which its readers were woken. */
  private own = 0;
  private toldAtMs = -Infinity;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly log: Log,
    private readonly link: NatsLink,
    config: Configuration,
    subscriptions: LogSubscriptions,
  ) {
    this.subject = logHeadSubject(config.tenant);
    subscriptions.wakeOn((listener) => {
      this.listeners.add(listener);
      return () => this.listeners.delete(listener);
    });
  }

  onApplicationBootstrap(): void {
    this.log.store.onAppended((head) => this.tell(head));
    // What it has sent itself comes back to it, too.
    this.link.subscribe(this.subject, ({ data }) => this.hear(Number(new TextDecoder().decode(data))));
  }

  private tell(head: number): void {
    this.own = Math.max(this.own, head);
    if (this.timer !== undefined) return;
    const earlyMs = this.toldAtMs + MIN_STEP_MS - performance.now();
    if (earlyMs > 0) this.timer = setTimeout(() => this.tellNow(), earlyMs);
    else this.tellNow();
  }

  private tellNow(): void {
    this.timer = undefined;
    this.toldAtMs = performance.now();
    if (this.link.isConnected) this.link.send({ subject: this.subject, body: new TextEncoder().encode(String(this.own)) });
  }

  beforeApplicationShutdown(): void {
    clearTimeout(this.timer);
  }

  private hear(head: number): void {
    if (head <= this.own) return;
    this.log.store.noteForeignAppend();
    for (const wake of this.listeners) wake();
  }
}
