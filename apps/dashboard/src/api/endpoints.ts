import {
  hasShape,
  type IncidentDetail,
  type IncidentPage,
  isIncidentDetail,
  isIncidentSummary,
  isPageOf,
  isServiceSummary,
  type ServicePage,
  type ServiceSummary,
} from '#libs/contracts';
import { getJson } from './get-json.ts';

export interface IncidentListQuery {
  state?: string | undefined;
  service?: string | undefined;
  cursor?: string | undefined;
  limit: number;
}

const COUNTS = { open: 'number', healing: 'number', mitigated: 'number', resolved: 'number', escalated: 'number' } as const;

const isIncidentPage = (body: unknown): body is IncidentPage =>
  isPageOf(body, isIncidentSummary) && hasShape(body, { counts: 'object' }) && hasShape(body['counts'], COUNTS);

const isService = (value: unknown): value is ServiceSummary =>
  isServiceSummary(value) && value.depends_on.every((name) => typeof name === 'string');

const isServicePage = (body: unknown): body is ServicePage => isPageOf(body, isService);

export function loadIncidents({ limit, ...filter }: IncidentListQuery): Promise<IncidentPage> {
  const query = new URLSearchParams({ limit: String(limit) });
  for (const [name, value] of Object.entries(filter)) if (value !== undefined) query.set(name, value);
  return getJson(`/api/incidents?${query.toString()}`, isIncidentPage);
}

export const loadIncident = (incidentId: string): Promise<IncidentDetail> =>
  getJson(`/api/incidents/${encodeURIComponent(incidentId)}`, isIncidentDetail);

export const loadServices = (): Promise<ServicePage> => getJson('/api/services', isServicePage);
