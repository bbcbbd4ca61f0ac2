import { z } from 'zod';
import { HttpUrlSchema, PortSchema, readConfiguration } from '../../runtime/src/configuration-file.ts';

const GatewayConfigSchema = z.strictObject({
  port: PortSchema,
  /** What begins with /<name>/ goes there. */
  upstreams: z
    .record(z.string().regex(/^[a-z][a-z0-9-]*$/, 'must be a lower-case name'), HttpUrlSchema)
    .refine((upstreams) => Object.keys(upstreams).length > 0, 'must name at least one upstream'),
  /** Longest silence of an upstream. */
  timeout_ms: z.int('must be milliseconds').min(100, 'must be 100 or more').max(60_000, 'must be 60000 or less'),
});

export type GatewayConfig = z.infer<typeof GatewayConfigSchema>;

export const readConfig = (): GatewayConfig => readConfiguration(GatewayConfigSchema);
