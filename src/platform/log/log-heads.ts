import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { logHeadSubject } from '#libs/contracts';
import { NatsLink } from '#libs/messaging';
import { Configuration } from '../config/configuration.ts';
import { Log } from './log.ts';
import { LogSubscriptions } from './log-subscriptions.ts';

/** Tells the other orchestrators that the log has grown, and hears it from them. A lost word costs a poll's time, never an event. */
@Injectable()
export class LogHeads implements OnApplicationBootstrap {
  private readonly subject: string;

  constructor(
    private readonly log: Log,
    private readonly link: NatsLink,
    config: Configuration,
    subscriptions: LogSubscriptions,
  ) {
    this.subject = logHeadSubject(config.tenant);
    subscriptions.wakeOn((listener) => link.subscribe(this.subject, listener));
  }

  onApplicationBootstrap(): void {
    this.log.store.onAppended((head) => {
      if (this.link.isConnected) this.link.send({ subject: this.subject, body: new TextEncoder().encode(String(head)) });
    });
  }
}
