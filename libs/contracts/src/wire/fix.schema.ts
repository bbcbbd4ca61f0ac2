import { z } from 'zod';

/** The family of a fix. The concrete strategy (`restart/service`) travels beside it. */
export const FixFamilySchema = z.enum(['retry', 'reload', 'restart', 'patch']);
export type FixFamily = z.infer<typeof FixFamilySchema>;

export const WireFixSchema = z
  .strictObject({
    strategy: FixFamilySchema,
    auto_applied: z.boolean(),
    success: z.boolean().describe('A claim. What counts is what an independent check measured.'),
    rollback_available: z.boolean(),
  })
  .describe('A fix as an agent reports it.');
export type WireFix = z.infer<typeof WireFixSchema>;
