import { z } from 'zod';
import { StrategyIdSchema } from './command.schema.ts';
import { EnvelopeVersionSchema, NameSchema } from './report.schema.ts';

/** Most services, and most strategies, that can be stopped one by one. Beyond that everything is stopped. */
export const MAX_STOPPED_NAMES = 1_000;

export const ControlStateSchema = z
  .strictObject({
    v: EnvelopeVersionSchema,
    key_id: z.string().min(1).max(64),
    state: z.enum(['running', 'stopped']).describe('The word for everything; the lists below stop more.'),
    stopped_services: z.array(NameSchema).max(MAX_STOPPED_NAMES).describe('Nothing may be done to these. Sorted.'),
    stopped_strategies: z.array(StrategyIdSchema).max(MAX_STOPPED_NAMES).describe('None of these may be used. Sorted.'),
    log_id: z.guid(),
    version: z.int().nonnegative().describe('Version of the control stream in the log.'),
    sequence: z.int().nonnegative().describe('Grows with every repetition, so that an old one can not be replayed.'),
    issued_at: z.iso.datetime(),
  })
  .describe('zt.<tenant>.control, signed, repeated every 2 s');
export type ControlState = z.infer<typeof ControlStateSchema>;
