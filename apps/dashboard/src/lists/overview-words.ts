import { type IncidentPage, plain, plural, type ServiceSummary } from '#libs/contracts';

/** How everything is at one glance; the header has it on every page. */
export interface Overview {
  services: readonly ServiceSummary[];
  counts: IncidentPage['counts'];
  position: string;
}

/** How everything is, in one sentence: what somebody who was just woken has to know. */
export function tellOverview({ services, counts }: Overview): string {
  const failing = listUnhealthy(services);
  if (counts.escalated > 0)
    return `${plural(counts.escalated, 'incident')} ${counts.escalated === 1 ? 'needs' : 'need'} a person`;
  if (counts.healing > 0) return tellHealing(services, counts.healing);
  if (failing.length > 0) return `${listNames(failing)} ${failing.length === 1 ? 'is' : 'are'} not healthy`;
  if (counts.open > 0) return `${plural(counts.open, 'incident')} ${counts.open === 1 ? 'is' : 'are'} open`;
  if (services.length === 0) return 'No service is in the catalogue yet';
  if (counts.mitigated > 0) return 'Everything works, and not all of it is confirmed';
  return services.length === 1 ? `${listNames(services)} is healthy` : `All ${services.length} services are healthy`;
}

function tellHealing(services: readonly ServiceSummary[], count: number): string {
  const healed = services.filter(({ live_fix: fix }) => fix !== null);
  if (healed.length === 0) return `${plural(count, 'incident')} ${count === 1 ? 'is' : 'are'} being healed`;
  return `${listNames(healed)} ${healed.length === 1 ? 'is' : 'are'} being healed`;
}

const MAX_NAMES = 3;

function listNames(services: readonly ServiceSummary[]): string {
  const names = services.map(({ service_id: id }) => plain(id));
  if (names.length > MAX_NAMES) return `${names.length} services`;
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}

/** One that is starting may well become healthy; of any other nobody knows. */
export const listUnhealthy = (services: readonly ServiceSummary[]): ServiceSummary[] =>
  services.filter(({ state }) => state !== 'healthy' && state !== 'starting');

/** Whatever isn't over: also what waits for a person, and what nobody independent has confirmed. */
export const countUnresolved = ({ open, healing, mitigated, escalated }: IncidentPage['counts']): number =>
  open + healing + mitigated + escalated;
