import { z } from 'zod';
import { JsonRecordSchema } from './json.schema.ts';
import { WireFixSchema } from './fix.schema.ts';
import { EnvelopeVersionSchema, NameSchema } from './report.schema.ts';

/** Stable, for programs. No place for text, which could hold anything. */
const ReasonCodeSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,99}$/);

/** How far a command got. `outcome_unknown`: it was started, the agent died, and it isn't run again. */
export const ResultPhaseSchema = z.enum(['acknowledged', 'succeeded', 'failed', 'refused', 'outcome_unknown']);
export type ResultPhase = z.infer<typeof ResultPhaseSchema>;

export const ResultSchema = z
  .strictObject({
    v: EnvelopeVersionSchema,
    agent_id: NameSchema,
    command_id: z.string().min(1).max(100),
    phase: ResultPhaseSchema,
    reason_code: ReasonCodeSchema.optional().describe('Why it failed or was refused.'),
    detail: z.string().max(4000).optional(),
    duration_ms: z.number().nonnegative().optional(),
    evidence: JsonRecordSchema.optional().describe('What was saved before acting, such as the last log lines.'),
    fix: WireFixSchema.optional(),
  })
  .describe('zt.<tenant>.<class>.<agentId>.result');
export type Result = z.infer<typeof ResultSchema>;
