import { z } from 'zod';
import { EnvelopeVersionSchema } from './report.schema.ts';

export const ReceiptSchema = z
  .strictObject({
    v: EnvelopeVersionSchema,
    kind: z.enum(['report', 'result']),
    ids: z.array(z.string()).describe('Committed: report ids, or <command id>:<phase> of results.'),
    rejected: z
      .array(z.strictObject({ id: z.string(), reason_code: z.string(), reason: z.string() }))
      .describe('Dead-lettered: sending them again changes nothing.'),
  })
  .describe('zt.<tenant>.receipt.<agentId>');
export type Receipt = z.infer<typeof ReceiptSchema>;
