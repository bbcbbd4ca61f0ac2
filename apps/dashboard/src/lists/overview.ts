import { formatPosition, parsePosition } from '#libs/contracts';
import { effect, untracked } from '@preact/signals';
import { loadIncidents, loadServices } from '../api/endpoints.ts';
import { liveLog } from '../live/live-log.ts';
import { whileVisible } from '../live/while-visible.ts';
import type { Overview } from './overview-words.ts';
import { concernsOverview } from './relevance.ts';
import { Refreshed } from './refreshed.ts';
import { follow } from './use-refreshed.ts';

const MIN_INTERVAL_MS = 300;

async function loadOverview(): Promise<Overview> {
  const [services, incidents] = await Promise.all([loadServices(), loadIncidents({ limit: 1 })]);
  const position = Math.min(parsePosition(services.position), parsePosition(incidents.position));
  return { services: services.items, counts: incidents.counts, position: formatPosition(position) };
}

export const overview = new Refreshed<Overview>({ load: loadOverview, minIntervalMs: MIN_INTERVAL_MS });

/** Loads the snapshot, then follows the log from where that was made, as long as the page can be seen. */
export function startFollowing(): void {
  follow(overview, concernsOverview);
  whileVisible(() => {
    const leave = effect(() => {
      const position = overview.value.value?.position;
      if (position !== undefined) untracked(() => liveLog.follow(position));
    });
    return () => {
      leave();
      liveLog.rest();
    };
  });
}
