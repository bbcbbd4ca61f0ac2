import { z } from 'zod';
import { pageOf, PositionSchema } from './page.schema.ts';

export const ProjectionSummarySchema = z
  .object({
    projection: z.string().describe('The read model.'),
    generation: z.int().describe('Which of its sets of tables.'),
    version: z.int().describe('Of the code that made it.'),
    state: z
      .enum(['live', 'building', 'checking', 'previous'])
      .describe('`live` is what readers see, `previous` the way back after a rebuild.'),
    position: PositionSchema,
    lag_events: z.int().nonnegative().describe('Positions up to the end of the log.'),
    lag_ms: z.int().nonnegative().describe('Since the first event was recorded that it has not seen.'),
    parked_keys: z.int().nonnegative().describe('What it leaves alone since an event of it could not be handled.'),
    digest: z.string().describe('Of all its rows, hexadecimal.'),
  })
  .describe('One set of tables of a read model.');

export const ProjectionListSchema = pageOf(ProjectionSummarySchema);
export type ProjectionList = z.infer<typeof ProjectionListSchema>;

export const ParkedKeySchema = z
  .object({
    projection: z.string(),
    generation: z.int(),
    key: z.string().describe('What is left alone: mostly a stream.'),
    position: PositionSchema,
    event_type: z.string(),
    reason: z.string().describe('Why the event at the position could not be handled.'),
    held_back: z.int().nonnegative().describe('Events after it that were left out.'),
  })
  .describe('What a read model leaves alone.');

export const ParkedKeyListSchema = pageOf(ParkedKeySchema);
export type ParkedKeyList = z.infer<typeof ParkedKeyListSchema>;
