import { z } from 'zod';
import { ReadinessSchema } from './health.schema.ts';
import { IncidentDetailSchema, IncidentPageSchema, IncidentStateSchema } from './incident.schema.ts';
import { LOG_ID_HEADER } from './log-id-header.ts';
import { LogEventPageSchema } from './log-event.schema.ts';
import { pageOf, PositionSchema, ProblemSchema } from './page.schema.ts';
import { ParkedKeyListSchema, ProjectionListSchema } from './projection.schema.ts';
import { ServicePageSchema } from './service.schema.ts';
import { computeViewItemSchema } from './view-item.schema.ts';
import type { View } from '../read-models/view.ts';
import { VIEWS } from '../read-models/views.ts';

interface Parameter {
  name: string;
  in: 'query' | 'path' | 'header';
  description: string;
  schema: z.ZodType;
}

interface Endpoint {
  path: string;
  summary: string;
  parameters: readonly Parameter[];
  answer: { mediaType: string; schema: z.ZodType };
  /** Statuses other than 200, all of them problems but 503 of readiness. */
  problems: readonly number[];
}

const LIMIT: Parameter = {
  name: 'limit',
  in: 'query',
  description: 'Most items, 50 unless told.',
  schema: z.int().min(1).max(500),
};
const CURSOR: Parameter = { name: 'cursor', in: 'query', description: 'next_cursor of the page before.', schema: z.string() };

const FORMAT: Parameter = {
  name: 'format',
  in: 'query',
  description: 'json unless told; of csv and ndjson the cursor is in the header x-next-cursor, the position in x-log-position.',
  schema: z.enum(['json', 'csv', 'ndjson']),
};
const AS_OF: Parameter = {
  name: 'asOf',
  in: 'query',
  description: 'A time or a position of the log: answers as of then. 501 where the past is not kept.',
  schema: z.string(),
};

const json = (schema: z.ZodType): Endpoint['answer'] => ({ mediaType: 'application/json', schema });

/** Lists that tell more than their view. */
const OWN_ENDPOINTS: readonly string[] = ['incidents', 'services'];

function toListEndpoint(view: View): Endpoint {
  const filters = view.filters.map((name): Parameter => ({
    name,
    in: 'query',
    description: `Only with this ${name}.`,
    schema: z.string(),
  }));
  return {
    path: `/api/${view.path}`,
    summary: view.about,
    parameters: [LIMIT, CURSOR, ...filters, FORMAT, AS_OF],
    answer: json(pageOf(computeViewItemSchema(view))),
    problems: view.past === undefined ? [400, 501] : [400],
  };
}

/** Every endpoint of the HTTP API: what OpenAPI is made of, and what a test holds the controllers against. */
export const ENDPOINTS: readonly Endpoint[] = [
  {
    path: '/api/incidents',
    summary: 'Incidents, the latest first.',
    parameters: [
      LIMIT,
      CURSOR,
      { name: 'state', in: 'query', description: 'Only in this state.', schema: IncidentStateSchema },
      { name: 'service', in: 'query', description: 'Only of this service.', schema: z.string() },
      FORMAT,
      AS_OF,
    ],
    answer: json(IncidentPageSchema),
    problems: [400],
  },
  {
    path: '/api/incidents/{incident_id}',
    summary:
      'One incident with its story: the events that belong to it, their causes and times; `omitted` counts those that only repeat.',
    parameters: [{ name: 'incident_id', in: 'path', description: 'Its id.', schema: z.string() }, AS_OF],
    answer: json(IncidentDetailSchema),
    problems: [400, 404],
  },
  {
    path: '/api/services',
    summary: 'Services of the catalogue and their state.',
    parameters: [FORMAT, AS_OF],
    answer: json(ServicePageSchema),
    problems: [400],
  },
  ...VIEWS.filter(({ path }) => !OWN_ENDPOINTS.includes(path)).map(toListEndpoint),
  {
    path: '/api/projections',
    summary: 'The read models: how far each is, and how far behind.',
    parameters: [],
    answer: json(ProjectionListSchema),
    problems: [],
  },
  {
    path: '/api/projections/parked',
    summary: 'What read models leave alone, since an event could not be handled.',
    parameters: [],
    answer: json(ParkedKeyListSchema),
    problems: [],
  },
  {
    path: '/api/events',
    summary: 'The log, ascending.',
    parameters: [
      LIMIT,
      { name: 'after', in: 'query', description: 'Only what comes after this position.', schema: PositionSchema },
      {
        name: 'stream',
        in: 'query',
        description: 'Only of this stream. With types a page may hold less than limit, even nothing: next_cursor leads on.',
        schema: z.string(),
      },
      { name: 'types', in: 'query', description: 'Only of these types, separated by commas; at most 50.', schema: z.string() },
    ],
    answer: json(LogEventPageSchema),
    problems: [400],
  },
  {
    path: '/api/events/stream',
    summary:
      'The log as it grows (server-sent events `log`); resumes after Last-Event-ID. Each connection begins with `log-id`, whose data `{"log_id": …}` says which log this is, as the header of every answer does; `heartbeat` comes every 5 s; `reset` says that the place belongs to another log, and where this one ends. Readers ignore events that are new to them.',
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
      { name: 'types', in: 'query', description: 'Only of these types, separated by commas; at most 50.', schema: z.string() },
    ],
    answer: { mediaType: 'text/event-stream', schema: z.string() },
    problems: [400],
  },
  {
    path: '/health/live',
    summary: 'Whether the process runs.',
    parameters: [],
    answer: json(z.object({ live: z.literal(true) })),
    problems: [],
  },
  {
    path: '/health/ready',
    summary: 'Whether the orchestrator can work; 503 with the same body when it can not.',
    parameters: [],
    answer: json(ReadinessSchema),
    problems: [],
  },
  {
    path: '/metrics',
    summary: 'Metrics in the text format of Prometheus.',
    parameters: [],
    answer: { mediaType: 'text/plain', schema: z.string() },
    problems: [],
  },
  {
    path: '/openapi.json',
    summary: 'This document.',
    parameters: [],
    answer: json(z.record(z.string(), z.unknown())),
    problems: [],
  },
];

/** What a browser loads: the page under each of its addresses, with 404 under any other, and its files, which may be cached for ever. */
export const PAGE_PATHS = ['/', '/incidents/{incident_id}', '/*', '/assets/*'] as const;

const toJsonSchema = (schema: z.ZodType): object => {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest;
};

/** The OpenAPI 3.1 document of the HTTP API. */
export function computeOpenApi(version: string): object {
  const paths = Object.fromEntries(ENDPOINTS.map((endpoint) => [endpoint.path, { get: toOperation(endpoint) }]));
  return {
    openapi: '3.1.0',
    info: {
      title: 'Zantara Self-Healing',
      version,
      description:
        'Follow, query and understand what the orchestrator sees and does. Every answer names the log position that it reflects. Whoever asks for the server by another name than localhost, 127.0.0.1, [::1] or one of ALLOWED_HOSTS gets 403.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    paths,
  };
}

/** Left out only while the database can't be asked. */
const API_HEADERS = {
  [LOG_ID_HEADER]: {
    description: 'Which log this is: positions of another one mean nothing here.',
    schema: toJsonSchema(z.guid()),
  },
};

const PROBLEMS: Readonly<Record<number, string>> = { 404: 'There is no such thing.', 501: 'The past of this list is not kept.' };

function toOperation({ path, summary, parameters, answer, problems }: Endpoint): object {
  const headers = path.startsWith('/api/') ? { headers: API_HEADERS } : {};
  return {
    operationId: path.replaceAll(/[^a-z]+/g, '_').replaceAll(/^_|_$/g, ''),
    summary,
    parameters: parameters.map(({ schema, ...parameter }) => ({
      ...parameter,
      required: parameter.in === 'path',
      schema: toJsonSchema(schema),
    })),
    responses: {
      200: { description: 'OK', ...headers, content: { [answer.mediaType]: { schema: toJsonSchema(answer.schema) } } },
      ...Object.fromEntries(
        problems.map((status) => [
          status,
          {
            description: PROBLEMS[status] ?? 'The request is wrong; the detail says where.',
            ...headers,
            content: { 'application/problem+json': { schema: toJsonSchema(ProblemSchema) } },
          },
        ]),
      ),
    },
  };
}
