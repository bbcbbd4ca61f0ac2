import { z } from 'zod';
import { EnvelopeVersionSchema } from './report.schema.ts';

export const ControlStateSchema = z
  .strictObject({
    v: EnvelopeVersionSchema,
    key_id: z.string().min(1).max(64),
    state: z.enum(['running', 'stopped']),
    log_id: z.guid(),
    version: z.int().nonnegative().describe('Version of the control stream in the log.'),
    sequence: z.int().nonnegative().describe('Grows with every repetition, so that an old one can not be replayed.'),
    issued_at: z.iso.datetime(),
  })
  .describe('zt.<tenant>.control, signed, repeated every 2 s');
export type ControlState = z.infer<typeof ControlStateSchema>;
