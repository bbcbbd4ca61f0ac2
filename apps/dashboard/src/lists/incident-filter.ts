/** Which incidents are listed; the address of the page says it, so that it can be sent to somebody else. */
export interface IncidentFilter {
  state?: string | undefined;
  service?: string | undefined;
  cursor?: string | undefined;
}

export const INCIDENT_STATES = ['open', 'healing', 'mitigated', 'escalated', 'resolved'] as const;

const NAMES = ['state', 'service', 'cursor'] as const;

/** Anybody can write an address: what is none of ours is left out. */
export function readFilter(query: Readonly<Record<string, string>>): IncidentFilter {
  const state = INCIDENT_STATES.find((known) => known === query['state']);
  const [service, cursor] = [query['service'] || undefined, query['cursor'] || undefined];
  return { state, service, cursor };
}

export function addressOf(filter: IncidentFilter): string {
  const query = new URLSearchParams();
  for (const name of NAMES) if (filter[name] !== undefined) query.set(name, filter[name]);
  const text = query.toString();
  return text === '' ? '/' : `/?${text}`;
}

export const incidentAddress = (incidentId: string): string => `/incidents/${encodeURIComponent(incidentId)}`;
