import { z } from 'zod';

export const ReadinessSchema = z
  .object({
    ready: z.boolean(),
    checks: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string() })),
  })
  .describe('Whether the orchestrator can work, and what stands in its way.');
export type Readiness = z.infer<typeof ReadinessSchema>;
