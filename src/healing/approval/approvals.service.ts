import { Injectable } from '@nestjs/common';
import type { PendingApproval } from '#libs/contracts';
import { Clock } from '../../platform/clock.ts';
import { Database } from '../../platform/database/database.ts';
import { findApprovalProblem } from './approval.decider.ts';
import { FixProber } from '../verification/fix-prober.service.ts';
import type { ApprovalAnswer } from '../saga/fix-saga.inputs.ts';
import type { ApprovalState, FixSaga } from '../saga/fix-saga.ts';
import { FixesService } from '../saga/fixes.service.ts';
import { ApprovalRefusedError, FixNotFoundError } from '../healing.errors.ts';

const PENDING = `SELECT fix_id FROM fixes WHERE state = 'awaiting-approval' ORDER BY started_at LIMIT 500`;

/** What persons are asked, and what they answer. */
@Injectable()
export class ApprovalsService {
  constructor(
    private readonly database: Database,
    private readonly fixes: FixesService,
    private readonly prober: FixProber,
    private readonly clock: Clock,
  ) {}

  /** What waits for persons, the oldest first. What has been answered a moment ago is left out, though the list lags. */
  async list(): Promise<PendingApproval[]> {
    const rows = await this.database.query<{ fix_id: string }>(PENDING, []);
    const sagas = await Promise.all(rows.map(({ fix_id: fixId }) => this.fixes.load(fixId)));
    return sagas.flatMap(({ state }) =>
      state?.state === 'awaiting-approval' && state.approval !== undefined ? [toPending(state.fixId, state.approval)] : [],
    );
  }

  /**
   * Takes in what a person says to an action; tells the fix afterwards, or as it is, if it is only tried.
   *
   * @throws FixNotFoundError | ApprovalRefusedError
   */
  async answer(fixId: string, answer: ApprovalAnswer, { dryRun = false } = {}): Promise<FixSaga> {
    const saga = await this.get(fixId);
    const problem = findApprovalProblem(saga, answer, this.clock.nowMs());
    if (problem !== undefined) throw new ApprovalRefusedError(fixId, problem);
    if (dryRun) return saga;
    // What works again meanwhile isn't acted upon.
    const sight = answer.verdict === 'granted' ? await this.prober.look(saga) : {};
    await this.fixes.advance(fixId, {
      input: { type: 'approval', answer, ...sight },
      key: `approval:${answer.actionSha256}:${answer.verdict}`,
      actor: answer.actor,
    });
    const after = await this.get(fixId);
    // Somebody else was quicker, or its time ran out meanwhile.
    const isTaken = answer.verdict === 'rejected' ? after.state === 'escalated' : hasGranted(after, answer.actor);
    if (!isTaken)
      throw new ApprovalRefusedError(fixId, findApprovalProblem(after, answer, this.clock.nowMs()) ?? 'nothing-to-approve');
    return after;
  }

  private async get(fixId: string): Promise<FixSaga> {
    const { state } = await this.fixes.load(fixId);
    if (state === undefined) throw new FixNotFoundError(fixId);
    return state;
  }
}

const hasGranted = ({ approval }: FixSaga, actor: string): boolean =>
  approval?.granted.some((one) => one.actor === actor) === true;

const toPending = (fixId: string, approval: ApprovalState): PendingApproval => ({
  fix_id: fixId,
  action: approval.action,
  action_sha256: approval.actionSha256,
  approver_roles: [...approval.approverRoles],
  persons_required: approval.required,
  approved_by: approval.granted.map(({ actor }) => actor),
  requested_by: approval.requestedBy,
  expires_at: new Date(approval.expiresAtMs).toISOString(),
});
