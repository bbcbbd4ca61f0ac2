import { z } from 'zod';
import { JsonRecordSchema } from '../wire/json.schema.ts';
import { isScope } from '../scope.ts';
import { PositionSchema } from './page.schema.ts';
import { ROLES } from './roles.ts';
import { DryRunSchema, ReasonSchema } from './write.schema.ts';

const ScopeSchema = z
  .string()
  .max(100)
  .refine(isScope, 'must be global, service:<id> or strategy:<family>/<name>')
  .describe('`global`, `service:<id>` or `strategy:<family>/<name>`.');

const TimeSchema = z.iso.datetime({ offset: true });

export const StopHealingSchema = z
  .strictObject({ scope: ScopeSchema.default('global'), reason: ReasonSchema, dry_run: DryRunSchema })
  .describe('What is to be stopped, or to go on.');
export type StopHealing = z.infer<typeof StopHealingSchema>;

export const ControlAnswerSchema = z
  .object({
    dry_run: z.boolean(),
    stopped: z.array(ScopeSchema).describe('Everything that is stopped now, or would be.'),
    version: z.int().nonnegative().describe('What agents are told: it grows with each stop and each resumption.'),
    position: PositionSchema.nullable().describe('null: the log can not be read at the moment.'),
    stored: z.boolean().describe('false: it holds, agents are told, and the log has it as soon as it can be written.'),
  })
  .describe('What is stopped.');
export type ControlAnswer = z.infer<typeof ControlAnswerSchema>;

const FreezeSchema = z
  .object({
    freeze_id: z.string(),
    scope: ScopeSchema,
    from: z.iso.datetime(),
    until: z.iso.datetime().nullable().describe('null: until somebody ends it.'),
    reason: z.string(),
  })
  .describe('Nothing is done in its scope from then until then.');

export const PolicySchema = z
  .object({
    limits: z
      .record(z.string(), z.object({ default: z.number(), about: z.string() }))
      .describe('The numbers that guards go by where nobody has set another one.'),
    scopes: z.record(z.string(), JsonRecordSchema).describe('What is set, by scope. The closer scope counts.'),
    freezes: z.array(FreezeSchema),
    position: PositionSchema,
  })
  .describe('What the guards go by.');
export type PolicyAnswer = z.infer<typeof PolicySchema>;

export const ChangePolicySchema = z
  .strictObject({
    scope: ScopeSchema.default('global'),
    settings: JsonRecordSchema.describe('Numbers of `limits`, `autonomy`, `never_touch`; null takes one back.'),
    reason: ReasonSchema,
    dry_run: DryRunSchema,
  })
  .describe('What the guards are to go by.');
export type ChangePolicy = z.infer<typeof ChangePolicySchema>;

export const BeginFreezeSchema = z
  .strictObject({
    scope: ScopeSchema.default('global'),
    from: TimeSchema.optional().describe('Now unless told; a maintenance window begins later.'),
    until: TimeSchema.nullish().describe('Until somebody ends it unless told.'),
    reason: ReasonSchema,
    dry_run: DryRunSchema,
  })
  .describe('When nothing is to be done.');
export type BeginFreeze = z.infer<typeof BeginFreezeSchema>;

export const EndFreezeSchema = z.strictObject({ reason: ReasonSchema, dry_run: DryRunSchema }).describe('Why it is over.');
export type EndFreeze = z.infer<typeof EndFreezeSchema>;

export const ChangedPolicySchema = z
  .object({
    dry_run: z.boolean(),
    changed: z.boolean().describe('false: it was so already.'),
    freeze_id: z.string().nullable(),
    position: PositionSchema,
  })
  .describe('What became of it.');
export type ChangedPolicy = z.infer<typeof ChangedPolicySchema>;

export const PendingApprovalSchema = z
  .object({
    fix_id: z.string(),
    action: z.object({
      fix_id: z.string(),
      incident_id: z.string(),
      agent_id: z.string(),
      target: z.string(),
      strategy: z.string(),
      parameters: JsonRecordSchema,
    }),
    action_sha256: z.string().describe('Whoever approves names it: the word is about this very action.'),
    approver_roles: z.array(z.enum(ROLES)),
    persons_required: z.int().positive(),
    approved_by: z.array(z.string()),
    requested_by: z.string(),
    expires_at: z.iso.datetime(),
  })
  .describe('An action that waits until persons have allowed it.');
export type PendingApproval = z.infer<typeof PendingApprovalSchema>;

export const ApprovalListSchema = z
  .object({ items: z.array(PendingApprovalSchema), next_cursor: z.null(), position: PositionSchema })
  .describe('Everything that waits for persons.');
export type ApprovalList = z.infer<typeof ApprovalListSchema>;

export const AnswerApprovalSchema = z
  .strictObject({
    action_sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'must be the 64 digits of the action that was seen')
      .describe('Of the action that was seen.'),
    reason: ReasonSchema,
    dry_run: DryRunSchema,
  })
  .describe('A word on one very action.');
export type AnswerApproval = z.infer<typeof AnswerApprovalSchema>;

export const AnsweredApprovalSchema = z
  .object({
    dry_run: z.boolean(),
    fix_id: z.string(),
    state: z.string().describe('Of the fix: still `awaiting-approval` where another person has to allow it too.'),
    reason_code: z.string().nullable().describe('Why it ended, where it did.'),
    position: PositionSchema,
  })
  .describe('What became of the fix.');
export type AnsweredApproval = z.infer<typeof AnsweredApprovalSchema>;

export const UndoFixSchema = z.strictObject({ reason: ReasonSchema, dry_run: DryRunSchema }).describe('Why it is to be undone.');
export type UndoFix = z.infer<typeof UndoFixSchema>;

const UndoCommandSchema = z
  .object({
    command_id: z.string(),
    undoes: z.string().describe('The command that it takes back.'),
    agent_id: z.string(),
    target: z.string(),
    strategy: z.string(),
    parameters: JsonRecordSchema,
    execution_timeout_ms: z.int().positive(),
  })
  .describe('A command, the last step first. Each is sent when the one before it was carried out and the guards allow it.');

export const UndoneFixSchema = z
  .object({
    dry_run: z.boolean(),
    fix_id: z.string(),
    state: z.string().describe('Of the fix: `undoing`; where it was only tried, what it is.'),
    commands: z.array(UndoCommandSchema),
    position: PositionSchema,
  })
  .describe('What is sent, or would be.');
export type UndoneFix = z.infer<typeof UndoneFixSchema>;
