import { Injectable } from '@nestjs/common';
import { Configuration } from '../../platform/config/configuration.ts';
import type { Escalation } from '../escalation.ts';
import { EscalationNotFoundError, EscalationSupersededError, WebhookNotConfiguredError } from '../escalations.errors.ts';
import { EscalationsService } from '../escalations.service.ts';
import { decideReplay } from './notification.decider.ts';

export interface ReplayRequest {
  escalationId: string;
  reason: string;
  actor: string;
  isDryRun: boolean;
}

/** Has an escalation sent again, because a person wants it. */
@Injectable()
export class ReplayService {
  constructor(
    private readonly escalations: EscalationsService,
    private readonly config: Configuration,
  ) {}

  /** @throws EscalationNotFoundError, EscalationSupersededError, WebhookNotConfiguredError */
  async replay({ escalationId, reason, actor, isDryRun }: ReplayRequest): Promise<Escalation> {
    const asked = await this.escalations.find(escalationId);
    if (asked === undefined) throw new EscalationNotFoundError(escalationId);
    const { state: latest } = await this.escalations.load(asked.root);
    if (latest !== undefined && latest.id !== escalationId) throw new EscalationSupersededError(escalationId, latest.id);
    if (this.config.webhook === undefined) throw new WebhookNotConfiguredError();
    if (isDryRun) return asked;
    const { state } = await this.escalations.change({
      root: asked.root,
      actor,
      key: ({ version }) => `replay:${escalationId}:${version}`,
      decide: (current) => (current?.id === escalationId ? decideReplay(current, reason) : []),
    });
    return state ?? asked;
  }
}
