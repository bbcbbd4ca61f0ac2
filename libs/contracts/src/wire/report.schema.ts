import { z } from 'zod';
import { WireErrorSchema } from './error.schema.ts';
import { WireFixSchema } from './fix.schema.ts';

export const EnvelopeVersionSchema = z.literal(1);
export const NameSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/);

export const ReportSchema = z
  .strictObject({ error: WireErrorSchema, fix: WireFixSchema.optional().describe('What was tried locally.') })
  .describe('One error, and what the agent tried by itself.');
export type Report = z.infer<typeof ReportSchema>;

/** Most reports in one message; `MAX_MESSAGE_BYTES` bounds the bytes. */
export const MAX_REPORT_ITEMS = 500;

export const ReportEnvelopeSchema = z
  .strictObject({
    v: EnvelopeVersionSchema,
    agent_id: NameSchema.describe('For people. Identity is read from the subject.'),
    release: z.string().max(200).optional(),
    session_id: z.string().max(100).optional().describe('Written by the edge for a page.'),
    items: z.array(ReportSchema).min(1).max(MAX_REPORT_ITEMS),
  })
  .describe('zt.<tenant>.<class>.<agentId>.report');
export type ReportEnvelope = z.infer<typeof ReportEnvelopeSchema>;
