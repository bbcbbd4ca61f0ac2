import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../../platform/clock.ts';
import { Configuration } from '../../platform/config/configuration.ts';
import type { WebhookSettings } from '../../platform/config/outgoing-variables.ts';
import { Database } from '../../platform/database/database.ts';
import { failpoint } from '../../platform/failpoint.ts';
import { AppLogger } from '../../platform/logging/app-logger.ts';
import { EscalationCloser } from '../escalation-closer.service.ts';
import { EscalationsService } from '../escalations.service.ts';
import { MessagesService } from '../message/messages.service.ts';
import { callWebhook } from './call-webhook.ts';
import { decideAttempt, decideOutcome, findStarted } from './notification.decider.ts';

interface DueEscalation {
  escalation_id: string;
  root: string;
}

const POLL_MS = 250;
/** Sent at one time; the others wait in the table, the oldest first. */
const MAX_IN_FLIGHT = 20;

const DUE = `
SELECT escalation_id, root FROM escalations WHERE next_attempt_at <= $1 AND escalation_id <> ALL ($2)
ORDER BY next_attempt_at LIMIT $3`;

/**
 * Tells somebody of each escalation. What is due is in the log and a table, so that a restart only makes it late; that an attempt
 * begins is stored before it is made, so that of several orchestrators one makes it.
 */
@Injectable()
export class NotifierService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private polling: Promise<void> | undefined;
  private readonly inFlight = new Map<string, Promise<void>>();

  constructor(
    private readonly database: Database,
    private readonly escalations: EscalationsService,
    private readonly closer: EscalationCloser,
    private readonly messages: MessagesService,
    private readonly config: Configuration,
    private readonly clock: Clock,
    private readonly logger: AppLogger,
  ) {}

  onApplicationBootstrap(): void {
    const { webhook } = this.config;
    if (webhook === undefined) {
      this.logger.say('warn', 'nobody is told of escalations: ESCALATION_WEBHOOK_URL is not set; they are listed only');
      return;
    }
    this.timer = setInterval(() => {
      this.polling ??= this.poll(webhook)
        .catch((error: unknown) => this.logger.problem('what is due to be told could not be read', error))
        .finally(() => (this.polling = undefined));
    }, POLL_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.polling;
    await Promise.all(this.inFlight.values());
  }

  private async poll(webhook: WebhookSettings): Promise<void> {
    const room = MAX_IN_FLIGHT - this.inFlight.size;
    if (room === 0) return;
    const values = [new Date(this.clock.nowMs()), [...this.inFlight.keys()], room];
    for (const { escalation_id: id, root } of await this.database.query<DueEscalation>(DUE, values)) {
      const telling = this.tell(root, webhook)
        .catch((error: unknown) => this.logger.problem('an escalation could not be told', error, { escalation: id }))
        .finally(() => this.inFlight.delete(id));
      this.inFlight.set(id, telling);
    }
  }

  /** Nobody is told of what is over before the first attempt. */
  private async tell(root: string, webhook: WebhookSettings): Promise<void> {
    const { state: known } = await this.escalations.load(root);
    const isNew = known?.state === 'open' && known.notification.attempts === 0;
    if (isNew && (await this.closer.closeIfOver(root))) return;
    const attempt = await this.begin(root);
    const { state } = await this.escalations.load(root);
    if (attempt === undefined || state === undefined) return;
    const body = JSON.stringify(await this.messages.compose(state));
    const message = { id: state.webhookId, sentAtMs: this.clock.nowMs(), body };
    await failpoint('escalation.attempted');
    const outcome = await callWebhook(message, webhook, this.config.outgoingAllowedHosts);
    await failpoint('escalation.told');
    await this.escalations.change({
      root,
      key: () => `outcome:${state.id}:${attempt}`,
      decide: (current) =>
        current === undefined
          ? []
          : decideOutcome(current, attempt, outcome, { nowMs: this.clock.nowMs(), random: Math.random() }),
    });
  }

  /** Stores that the attempt begins which is due; nothing where another orchestrator has begun it. */
  private async begin(root: string): Promise<number | undefined> {
    const { stored } = await this.escalations.change({
      root,
      key: ({ state }) => `attempt:${state?.id}:${(state?.notification.attempts ?? 0) + 1}`,
      decide: (state) => (state === undefined ? [] : decideAttempt(state, this.clock.nowMs())),
    });
    return findStarted(stored);
  }
}
