import { z } from 'zod';
import { type Endpoint, json, LIMIT, type Parameter } from './endpoint.ts';
import { LogEventPageSchema } from './log-event.schema.ts';
import { PositionSchema } from './page.schema.ts';

const TYPES: Parameter = {
  name: 'types',
  in: 'query',
  description: 'Only of these types, separated by commas; at most 50.',
  schema: z.string(),
};

/** The log itself, in pages and as it grows. */
export const LOG_ENDPOINTS: readonly Endpoint[] = [
  {
    method: 'GET',
    path: '/api/events',
    summary: 'The log, ascending.',
    role: 'viewer',
    parameters: [
      LIMIT,
      { name: 'after', in: 'query', description: 'Only what comes after this position.', schema: PositionSchema },
      {
        name: 'stream',
        in: 'query',
        description: 'Only of this stream. With types a page may hold less than limit, even nothing: next_cursor leads on.',
        schema: z.string(),
      },
      TYPES,
    ],
    answer: json(LogEventPageSchema),
    problems: [400],
  },
  {
    method: 'GET',
    path: '/api/events/stream',
    summary:
      'The log as it grows (server-sent events `log`); resumes after Last-Event-ID. Each connection begins with `log-id`, whose data `{"log_id": …}` says which log this is, as the header of every answer does; `heartbeat` comes every 5 s; `reset` says that the place belongs to another log, and where this one ends. Readers ignore events that are new to them.',
    role: 'viewer',
    parameters: [
      {
        name: 'after',
        in: 'query',
        description: 'Begin after this position; at the end of the log unless told.',
        schema: PositionSchema,
      },
      {
        name: 'Last-Event-ID',
        in: 'header',
        description: 'Begin after this position; outweighs `after`.',
        schema: PositionSchema,
      },
      TYPES,
    ],
    answer: { mediaType: 'text/event-stream', schema: z.string() },
    problems: [400],
  },
];
