import { z } from 'zod';

/** What the host program reads. */
export const ReporterConfigSchema = z.strictObject({
  source: z.string(),
  /** Between two reports; none are made unless given. */
  intervalMs: z.number().positive().optional(),
  ledgerFile: z.string(),
  /** Slips into each report. */
  secret: z.string(),
  /** As the service agent's own file has it. */
  agent: z.record(z.string(), z.unknown()),
});
export type ReporterConfig = z.infer<typeof ReporterConfigSchema>;
