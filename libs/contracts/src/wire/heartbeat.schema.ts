import { z } from 'zod';
import { EnvelopeVersionSchema, NameSchema } from './report.schema.ts';

/** `stale`: the checker itself stopped. It is never taken for healthy. */
export const ServiceStateSchema = z.enum(['healthy', 'unhealthy', 'starting', 'stopped', 'stale']);
export type ServiceState = z.infer<typeof ServiceStateSchema>;

export const HeartbeatServiceSchema = z.strictObject({
  service_id: NameSchema,
  state: ServiceStateSchema,
  since_ms: z
    .number()
    .nonnegative()
    .describe(
      'How long it has been in this state, 0 if that is not known. Healthy for less long than it was called so: it was not in between.',
    ),
  consecutive_failures: z.int().nonnegative(),
  // No system gives larger ones, and read models keep them in 32 bits.
  pid: z.int().positive().max(2_147_483_647).optional(),
});
export type HeartbeatService = z.infer<typeof HeartbeatServiceSchema>;

export const HeartbeatSchema = z
  .strictObject({
    v: EnvelopeVersionSchema,
    agent_id: NameSchema,
    boot_id: z.guid().describe('A new one at each start of the agent.'),
    sequence: z.int().nonnegative(),
    interval_ms: z.int().positive().max(600_000).describe('Three missing heartbeats make the services unknown.'),
    services: z.array(HeartbeatServiceSchema).max(100),
  })
  .describe('zt.<tenant>.<class>.<agentId>.heartbeat');
export type Heartbeat = z.infer<typeof HeartbeatSchema>;
