import { Body, Controller, Get, HttpCode, HttpStatus, Param, Post } from '@nestjs/common';
import { type AnswerApproval, type AnsweredApproval, type ApprovalList, formatPosition } from '#libs/contracts';
import { AnswerApprovalSchema } from '#libs/contracts/schemas';
import { bodyOf } from '../../platform/http/body-of.ts';
import { CurrentPrincipal, type Principal } from '../../platform/http/principal.ts';
import { Log } from '../../platform/log/log.ts';
import { ApprovalsService } from './approvals.service.ts';
import type { ApprovalAnswer } from '../saga/fix-saga.inputs.ts';

/** What waits for persons, and what they say. */
@Controller('api')
export class ApprovalsController {
  constructor(
    private readonly approvals: ApprovalsService,
    private readonly log: Log,
  ) {}

  @Get('approvals')
  async list(): Promise<ApprovalList> {
    const position = await this.position();
    return { items: await this.approvals.list(), next_cursor: null, position };
  }

  @Post('fixes/:fix_id/approve')
  @HttpCode(HttpStatus.OK)
  approve(
    @Param('fix_id') fixId: string,
    @Body(bodyOf(AnswerApprovalSchema)) body: AnswerApproval,
    @CurrentPrincipal() principal: Principal,
  ): Promise<AnsweredApproval> {
    return this.answer(fixId, toAnswer('granted', body, principal), body.dry_run);
  }

  @Post('fixes/:fix_id/reject')
  @HttpCode(HttpStatus.OK)
  reject(
    @Param('fix_id') fixId: string,
    @Body(bodyOf(AnswerApprovalSchema)) body: AnswerApproval,
    @CurrentPrincipal() principal: Principal,
  ): Promise<AnsweredApproval> {
    return this.answer(fixId, toAnswer('rejected', body, principal), body.dry_run);
  }

  private async answer(fixId: string, answer: ApprovalAnswer, isDryRun: boolean): Promise<AnsweredApproval> {
    const { state, endedBecause } = await this.approvals.answer(fixId, answer, { dryRun: isDryRun });
    return { dry_run: isDryRun, fix_id: fixId, state, reason_code: endedBecause ?? null, position: await this.position() };
  }

  private async position(): Promise<string> {
    return formatPosition((await this.log.store.head()).position);
  }
}

const toAnswer = (
  verdict: ApprovalAnswer['verdict'],
  { action_sha256: actionSha256, reason }: AnswerApproval,
  { actor, role }: Principal,
): ApprovalAnswer => ({ verdict, actionSha256, actor, role, reason });
