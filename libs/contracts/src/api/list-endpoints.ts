import { z } from 'zod';
import { AS_OF, CURSOR, type Endpoint, FORMAT, json, LIMIT, LIST_ROLES, type Parameter } from './endpoint.ts';
import { IncidentDetailSchema, IncidentPageSchema, IncidentStateSchema } from './incident.schema.ts';
import { pageOf } from './page.schema.ts';
import { ParkedKeyListSchema, ProjectionListSchema } from './projection.schema.ts';
import { ServicePageSchema } from './service.schema.ts';
import { computeViewItemSchema } from './view-item.schema.ts';
import type { View } from '../read-models/view.ts';
import { VIEWS } from '../read-models/views.ts';

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
    method: 'GET',
    path: `/api/${view.path}`,
    summary: view.about,
    ...LIST_ROLES,
    parameters: [LIMIT, CURSOR, ...filters, FORMAT, AS_OF],
    answer: json(pageOf(computeViewItemSchema(view))),
    problems: view.past === undefined ? [400, 501] : [400],
  };
}

/** Incidents, services and every other read model. */
export const LIST_ENDPOINTS: readonly Endpoint[] = [
  {
    method: 'GET',
    path: '/api/incidents',
    summary: 'Incidents, the latest first.',
    ...LIST_ROLES,
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
    method: 'GET',
    path: '/api/incidents/{incident_id}',
    summary:
      'One incident with its story: the events that belong to it, their causes and times; `omitted` counts those that only repeat.',
    role: 'viewer',
    parameters: [{ name: 'incident_id', in: 'path', description: 'Its id.', schema: z.string() }, AS_OF],
    answer: json(IncidentDetailSchema),
    problems: [400, 404],
  },
  {
    method: 'GET',
    path: '/api/services',
    summary: 'Services of the catalogue and their state.',
    ...LIST_ROLES,
    parameters: [FORMAT, AS_OF],
    answer: json(ServicePageSchema),
    problems: [400],
  },
  ...VIEWS.filter(({ path }) => !OWN_ENDPOINTS.includes(path)).map(toListEndpoint),
  {
    method: 'GET',
    path: '/api/projections',
    summary: 'The read models: how far each is, and how far behind.',
    role: 'viewer',
    parameters: [],
    answer: json(ProjectionListSchema),
    problems: [],
  },
  {
    method: 'GET',
    path: '/api/projections/parked',
    summary: 'What read models leave alone, since an event could not be handled.',
    role: 'viewer',
    parameters: [],
    answer: json(ParkedKeyListSchema),
    problems: [],
  },
];
