import { z } from 'zod';
import { JsonRecordSchema } from './json.schema.ts';
import { EnvelopeVersionSchema, NameSchema } from './report.schema.ts';

/** A family, a slash, the concrete strategy: `restart/service`. */
export const StrategyIdSchema = z.string().regex(/^(retry|reload|restart|patch)\/[a-z0-9-]{1,60}$/);

export const CommandSchema = z
  .strictObject({
    v: EnvelopeVersionSchema,
    command_id: z.string().min(1).max(100),
    key_id: z.string().min(1).max(64),
    agent_id: NameSchema,
    target: z.strictObject({ service_id: NameSchema }),
    strategy: StrategyIdSchema,
    parameters: JsonRecordSchema,
    fence: z
      .strictObject({ log_id: z.guid(), position: z.string().regex(/^\d{1,16}$/) })
      .describe("The command's place in the log. An agent refuses what is not above the last that it accepted for the target."),
    issued_at: z.iso.datetime(),
    expires_at: z.iso.datetime(),
    decision_event_id: z.guid(),
    approvals: z.array(z.strictObject({ actor: z.string(), role: z.string(), approved_at: z.iso.datetime() })),
    undoes: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .describe('The command that this one takes back: it was carried out on the same target, and is undone at most once.'),
  })
  .describe('zt.<tenant>.cmd.<agentId>, signed (headers Zt-Key-Id and Zt-Signature)');
export type Command = z.infer<typeof CommandSchema>;
