import { Body, Controller, Get, HttpCode, HttpStatus, Param, Post } from '@nestjs/common';
import { type EscalationDetail, formatPosition, type ReplayedEscalation, type ReplayEscalation } from '#libs/contracts';
import { ReplayEscalationSchema } from '#libs/contracts/schemas';
import { bodyOf } from '../platform/http/body-of.ts';
import { CurrentPrincipal, type Principal } from '../platform/http/principal.ts';
import { Log } from '../platform/log/log.ts';
import { EscalationNotFoundError } from './escalations.errors.ts';
import { EscalationsService } from './escalations.service.ts';
import { MessagesService } from './message/messages.service.ts';
import { ReplayService } from './notifying/replay.service.ts';

/** One escalation; the list is a read model. */
@Controller('api/escalations')
export class EscalationsController {
  constructor(
    private readonly escalations: EscalationsService,
    private readonly messages: MessagesService,
    private readonly replays: ReplayService,
    private readonly log: Log,
  ) {}

  @Get(':escalation_id')
  async show(@Param('escalation_id') escalationId: string): Promise<EscalationDetail> {
    const position = await this.readPosition();
    const found = await this.escalations.find(escalationId);
    if (found === undefined) throw new EscalationNotFoundError(escalationId);
    return { ...(await this.messages.compose(found)), position };
  }

  @Post(':escalation_id/replay')
  @HttpCode(HttpStatus.OK)
  async replay(
    @Param('escalation_id') escalationId: string,
    @Body(bodyOf(ReplayEscalationSchema)) { reason, dry_run: isDryRun }: ReplayEscalation,
    @CurrentPrincipal() { actor }: Principal,
  ): Promise<ReplayedEscalation> {
    const { webhookId } = await this.replays.replay({ escalationId, reason, actor, isDryRun });
    return { dry_run: isDryRun, escalation_id: escalationId, webhook_id: webhookId, position: await this.readPosition() };
  }

  private async readPosition(): Promise<string> {
    return formatPosition((await this.log.store.head()).position);
  }
}
