import { z } from 'zod';
import { PortSchema, readConfiguration } from '../../runtime/src/configuration-file.ts';

const MemoryConfigSchema = z.strictObject({
  port: PortSchema,
  database_url: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// URL' }),
});

export type MemoryConfig = z.infer<typeof MemoryConfigSchema>;

export const readConfig = (): MemoryConfig => readConfiguration(MemoryConfigSchema);
