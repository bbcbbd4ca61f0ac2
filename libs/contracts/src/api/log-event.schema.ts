import { z } from 'zod';
import { JsonRecordSchema } from '../wire/json.schema.ts';
import { pageOf, PositionSchema } from './page.schema.ts';

export const LogEventSchema = z
  .object({
    position: PositionSchema,
    event_id: z.guid(),
    stream: z.string(),
    version: z.int().positive(),
    type: z.string(),
    schema_version: z.int().positive(),
    recorded_at: z.iso.datetime(),
    data: JsonRecordSchema,
    metadata: z.record(z.string(), z.string().optional()),
  })
  .describe('One event of the log.');
export type LogEvent = z.infer<typeof LogEventSchema>;

export const LogEventPageSchema = pageOf(LogEventSchema);
export type LogEventPage = z.infer<typeof LogEventPageSchema>;
