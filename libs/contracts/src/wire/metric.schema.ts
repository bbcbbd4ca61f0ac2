import { z } from 'zod';
import { EnvelopeVersionSchema, NameSchema } from './report.schema.ts';

export const MetricSchema = z
  .strictObject({
    v: EnvelopeVersionSchema,
    agent_id: NameSchema,
    samples: z
      .array(
        z.strictObject({
          service_id: NameSchema,
          name: z
            .string()
            .regex(/^[a-z][a-z0-9_]{0,99}$/)
            .describe('With its unit: heap_used_bytes, check_duration_ms.'),
          value: z.number(),
        }),
      )
      .min(1)
      .max(1000),
  })
  .describe('zt.<tenant>.<class>.<agentId>.metric');
export type Metric = z.infer<typeof MetricSchema>;
