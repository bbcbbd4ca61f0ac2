import { Injectable } from '@nestjs/common';
import type { StoredEvent } from '#libs/event-store';
import { NatsLink } from '#libs/messaging';
import { Configuration } from '../../platform/config/configuration.ts';
import { failpoint } from '../../platform/failpoint.ts';
import { type Recorded, selectRecorded } from '../../platform/log/domain-event.ts';
import { Log } from '../../platform/log/log.ts';
import { LogSubscriptions } from '../../platform/log/log-subscriptions.ts';
import { settleAll } from '../../platform/settle-all.ts';
import { toCommandMessage } from './command-message.ts';
import { findStop } from '../control/control.ts';
import { ControlHeartbeat } from '../control/control-heartbeat.ts';
import { ControlSwitch } from '../control/control-switch.service.ts';
import type { FixCommanded } from '../saga/fix.events.ts';
import { SigningKeyHolder } from '../signing/signing-key-holder.ts';

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
    private readonly heartbeat: ControlHeartbeat,
    private readonly control: ControlSwitch,
    private readonly config: Configuration,
    subscriptions: LogSubscriptions,
  ) {
    subscriptions.register('command-relay', (events) => this.relay(events));
  }

  private async relay(events: readonly StoredEvent[]): Promise<void> {
    const commands = selectRecorded<FixCommanded>(events, ['FixCommanded']);
    if (commands.length === 0) return;
    this.heartbeat.assertBeating();
    const logId = await this.log.store.logId();
    // Stored before the stop, and not sent yet: the fix of such a command finds out that nobody has heard of it.
    const due = commands.filter((command) => !this.isStopped(command));
    await failpoint('command.relaying');
    // They leave in the order of the log; only the broker's answers are waited for together.
    await settleAll(
      due.map((command) =>
        this.link.publish(toCommandMessage(command, { tenant: this.config.tenant, logId, key: this.keys.key })),
      ),
    );
    await failpoint('command.published');
  }

  private isStopped({ data }: Recorded<FixCommanded>): boolean {
    return findStop(this.control.current.state, { service: data.target, strategy: data.strategy }) !== undefined;
  }
}
