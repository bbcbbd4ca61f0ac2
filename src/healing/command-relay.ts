import { Injectable } from '@nestjs/common';
import type { StoredEvent } from '#libs/event-store';
import { NatsLink } from '#libs/messaging';
import { Configuration } from '../platform/config/configuration.ts';
import { selectRecorded } from '../platform/log/domain-event.ts';
import { Log } from '../platform/log/log.ts';
import { LogSubscriptions } from '../platform/log/log-subscriptions.ts';
import { toCommandMessage } from './command-message.ts';
import { ControlHeartbeat } from './control-heartbeat.ts';
import type { FixCommanded } from './fix.events.ts';
import { SigningKeyHolder } from './signing-key-holder.ts';

/**
 * Publishes commands from the log: at least once, from a checkpoint in Postgres. The broker drops repeats by the event id, the
 * agent's journal the rest.
 */
@Injectable()
export class CommandRelay {
  constructor(
    private readonly log: Log,
    private readonly link: NatsLink,
    private readonly keys: SigningKeyHolder,
    private readonly control: ControlHeartbeat,
    private readonly config: Configuration,
    subscriptions: LogSubscriptions,
  ) {
    subscriptions.register('command-relay', (events) => this.relay(events));
  }

  private async relay(events: readonly StoredEvent[]): Promise<void> {
    const commands = selectRecorded<FixCommanded>(events, ['FixCommanded']);
    if (commands.length === 0) return;
    this.control.assertBeating();
    const logId = await this.log.store.logId();
    for (const command of commands) {
      await this.link.publish(toCommandMessage(command, { tenant: this.config.tenant, logId, key: this.keys.key }));
    }
  }
}
