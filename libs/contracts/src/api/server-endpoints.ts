import { z } from 'zod';
import { type Endpoint, json } from './endpoint.ts';
import { ReadinessSchema } from './health.schema.ts';

/** How the server itself is, and what it can be asked. */
export const SERVER_ENDPOINTS: readonly Endpoint[] = [
  {
    method: 'GET',
    path: '/health/live',
    summary: 'Whether the process runs.',
    role: 'anyone',
    parameters: [],
    answer: json(z.object({ live: z.literal(true) })),
    problems: [],
  },
  {
    method: 'GET',
    path: '/health/ready',
    summary: 'Whether the orchestrator can work; 503 with the same body when it can not.',
    role: 'anyone',
    parameters: [],
    answer: json(ReadinessSchema),
    problems: [],
  },
  {
    method: 'GET',
    path: '/metrics',
    summary: 'Metrics in the text format of Prometheus.',
    role: 'viewer',
    parameters: [],
    answer: { mediaType: 'text/plain', schema: z.string() },
    problems: [],
  },
  {
    method: 'GET',
    path: '/openapi.json',
    summary: 'This document.',
    role: 'anyone',
    parameters: [],
    answer: json(z.record(z.string(), z.unknown())),
    problems: [],
  },
];
