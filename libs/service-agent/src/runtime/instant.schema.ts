import { z } from 'zod';

export const InstantSchema = z.strictObject({ epoch: z.string(), ms: z.number() });
