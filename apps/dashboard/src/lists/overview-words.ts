import { type IncidentPage, plain, plural, type ServiceSummary } from '#libs/contracts';

/** How everything is at one glance; the header has it on every page. */
export interface Overview {
  services: readonly ServiceSummary[];
  counts: IncidentPage['counts'];
  position: string;
}

const UNCERTAIN = 'not known to be healthy';

/** What a service is that isn't healthy, the worst first. */
const CONDITIONS: Record<Exclude<ServiceSummary['state'], 'healthy'>, string> = {
  stopped: 'down',
  unhealthy: 'failing',
  stale: UNCERTAIN,
  unknown: UNCERTAIN,
  starting: 'starting',
};
const WORDS: ReadonlyMap<string, string> = new Map(Object.entries(CONDITIONS));

/** How everything is, in one sentence for somebody who was just woken: what matters most first, and nothing left out. */
export function tellOverview({ services, counts }: Overview): string {
  const healed = services.filter(({ live_fix: fix }) => fix !== null);
  const parts = [
    tellCount(counts.escalated, 'incident', ['needs you', 'need you']),
    ...tellUnsound(services.filter(({ live_fix: fix }) => fix === null)),
    tellCount(counts.open, 'incident', ['is open', 'are open']),
    healed.length > 0
      ? tellServices(healed, 'being healed')
      : tellCount(counts.healing, 'incident', ['is being healed', 'are being healed']),
    tellCount(counts.mitigated, 'recovery', ['is not confirmed', 'are not confirmed'], 'recoveries'),
  ].filter((part) => part !== '');
  return parts.length > 0 ? parts.join('; ') : tellCalm(services);
}

function tellCount(count: number, one: string, [is, are]: readonly [string, string], many?: string): string {
  return count === 0 ? '' : `${plural(count, one, many)} ${count === 1 ? is : are}`;
}

/** Those of which nobody says that they are healthy, the same condition together. */
function tellUnsound(services: readonly ServiceSummary[]): string[] {
  const unsound = services.filter(({ state }) => state !== 'healthy');
  return [...new Set(WORDS.values())].map((condition) => {
    // A state of a newer orchestrator means nothing that this page could rely on.
    const such = unsound.filter(({ state }) => (WORDS.get(state) ?? UNCERTAIN) === condition);
    return such.length === 0 ? '' : tellServices(such, condition);
  });
}

function tellCalm(services: readonly ServiceSummary[]): string {
  if (services.length === 0) return 'No service is in the catalogue yet';
  return services.length === 1 ? tellServices(services, 'healthy') : `All ${services.length} services are healthy`;
}

const tellServices = (services: readonly ServiceSummary[], how: string): string =>
  `${listNames(services)} ${services.length === 1 ? 'is' : 'are'} ${how}`;

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
