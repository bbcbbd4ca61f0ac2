import type { IncidentPage, ServiceSummary } from '#libs/contracts';
import { formatPosition, parsePosition } from '#libs/contracts';
import { effect } from '@preact/signals';
import { loadIncidents, loadServices } from '../api/endpoints.ts';
import { liveLog } from '../live/live-log.ts';
import { concernsOverview } from './relevance.ts';
import { Refreshed } from './refreshed.ts';
import { follow } from './use-refreshed.ts';

/** How everything is at one glance; the header has it on every page. */
export interface Overview {
  services: readonly ServiceSummary[];
  counts: IncidentPage['counts'];
  position: string;
}

const MIN_INTERVAL_MS = 300;

async function loadOverview(): Promise<Overview> {
  const [services, incidents] = await Promise.all([loadServices(), loadIncidents({ limit: 1 })]);
  const position = Math.min(parsePosition(services.position), parsePosition(incidents.position));
  return { services: services.items, counts: incidents.counts, position: formatPosition(position) };
}

export const overview = new Refreshed<Overview>({ load: loadOverview, minIntervalMs: MIN_INTERVAL_MS });

/** Loads the snapshot, then follows the log from where that was made. */
export function startFollowing(): void {
  follow(overview, concernsOverview);
  effect(() => {
    const position = overview.value.value?.position;
    if (position !== undefined) liveLog.start(position);
  });
}

export const countUnhealthy = (services: readonly ServiceSummary[]): number =>
  services.filter(({ state }) => state !== 'healthy' && state !== 'starting').length;

/** Whatever isn't over: also what waits for a person, and what nobody independent has confirmed. */
export const countUnresolved = ({ open, healing, mitigated, escalated }: IncidentPage['counts']): number =>
  open + healing + mitigated + escalated;
