import type { JsonObject, OrchestratorCode, Role } from '#libs/contracts';
import type { FixEvent, ProposedAction } from '../saga/fix.events.ts';
import type { ApprovalAnswer, FixInput } from '../saga/fix-saga.inputs.ts';
import type { ApprovalState, FixSaga } from '../saga/fix-saga.ts';
import { commandAttempt, escalate, type FixContext, planAttempt, setTimer, startVerification } from '../saga/fix-steps.ts';
import { describeObjection, findObjection } from '../guards/guard.ts';

const APPROVER_ROLES: readonly Role[] = ['sre', 'admin'];
const EXPIRED = 'approval-expired' satisfies OrchestratorCode;

/** Why an answer counts for nothing. */
export type ApprovalProblem =
  'nothing-to-approve' | 'approval-expired' | 'action-changed' | 'role-may-not-approve' | 'own-request' | 'approved-already';

/** Asks persons for one exact action: two of them where nothing could take it back. */
export function requestApproval(
  saga: FixSaga,
  { strategy, nowMs }: Pick<FixContext, 'strategy' | 'nowMs'>,
  { hash, ttlMs, requestedBy }: { hash: (value: JsonObject) => string; ttlMs: number; requestedBy: string },
): FixEvent[] {
  const { fixId, incidentId, agentId, target } = saga;
  const { parameters } = planAttempt(saga, strategy);
  const action: ProposedAction = {
    fix_id: fixId,
    incident_id: incidentId,
    agent_id: agentId,
    target,
    strategy: saga.strategy,
    parameters,
  };
  return [
    {
      type: 'ApprovalRequested',
      data: {
        fix_id: fixId,
        action,
        action_sha256: hash(action),
        approver_roles: APPROVER_ROLES,
        persons_required: strategy.facts.reversal === 'irreversible' ? 2 : 1,
        requested_by: requestedBy,
        expires_at: new Date(nowMs + ttlMs).toISOString(),
      },
    },
    setTimer(saga, 'approval', nowMs + ttlMs),
  ];
}

/** What speaks against taking an answer in; `undefined` where it counts. */
export function findApprovalProblem(saga: FixSaga, answer: ApprovalAnswer, nowMs: number): ApprovalProblem | undefined {
  const { approval } = saga;
  if (saga.endedBecause === EXPIRED) return EXPIRED;
  if (saga.state !== 'awaiting-approval' || approval === undefined) return 'nothing-to-approve';
  if (nowMs >= approval.expiresAtMs) return EXPIRED;
  if (answer.actionSha256 !== approval.actionSha256) return 'action-changed';
  if (!approval.approverRoles.includes(answer.role)) return 'role-may-not-approve';
  // Anybody who may approve may say no, and say it of their own request.
  if (answer.verdict === 'rejected') return undefined;
  if (answer.actor === approval.requestedBy) return 'own-request';
  return approval.granted.some(({ actor }) => actor === answer.actor) ? 'approved-already' : undefined;
}

export function reactToApproval(
  saga: FixSaga,
  { answer, probe }: FixInput & { type: 'approval' },
  context: FixContext,
): FixEvent[] {
  const { approval } = saga;
  if (approval === undefined || findApprovalProblem(saga, answer, context.nowMs) !== undefined) return [];
  const { actor, role, reason } = answer;
  const about = { fix_id: saga.fixId, action_sha256: approval.actionSha256, role, reason };
  if (answer.verdict === 'rejected')
    return [{ type: 'ApprovalRejected', data: { ...about, rejected_by: actor } }, ...escalate(saga, 'rejected-by-a-person')];
  const approved_at = new Date(context.nowMs).toISOString();
  const granted: FixEvent = { type: 'ApprovalGranted', data: { ...about, approved_by: actor, approved_at } };
  const approvals = [...approval.granted, { actor, role, approved_at }];
  if (approvals.length < approval.required) return [granted];
  // Nothing that works again is acted upon, whatever was approved.
  if (probe?.ok === true) return [granted, ...startVerification(saga, context, 'recovered-before-approval')];
  return [granted, ...commandApproved({ ...saga, approval: { ...approval, granted: approvals } }, context)];
}

/** Much may have changed while persons thought: what they allowed is done only if everything else still allows it. */
function commandApproved(saga: FixSaga, context: FixContext): FixEvent[] {
  const { words, inputs } = context;
  const objection = findObjection(words);
  const guarded: FixEvent = {
    type: 'FixGuarded',
    data: { fix_id: saga.fixId, guards: words, ...(inputs === undefined ? {} : { inputs }) },
  };
  if (objection !== undefined) return [guarded, ...escalate(saga, describeObjection(objection))];
  return [guarded, ...(words.length === 0 ? escalate(saga, 'no-guard-was-asked') : commandAttempt(saga, context))];
}

/** Silence is the system's no. */
export const expireApproval = (saga: FixSaga): FixEvent[] => escalate(saga, EXPIRED);

/** What the guard that asks for persons is told, with the word of the one who is saying it now. */
export const countApprovals = (
  { granted, required }: ApprovalState,
  actor: string | undefined,
): { granted: number; required: number } => {
  const persons = new Set(granted.map((approval) => approval.actor));
  if (actor !== undefined) persons.add(actor);
  return { granted: persons.size, required };
};
