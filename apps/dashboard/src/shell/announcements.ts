import { signal } from '@preact/signals';
import { Fields, type LogEvent } from '#libs/contracts';
import { liveLog } from '../live/live-log.ts';

/** What a screen reader is told: that something began or ended, never every event. */
export const announcement = signal('');

const WORDS: ReadonlyMap<string, (service: string) => string> = new Map<string, (service: string) => string>([
  ['IncidentOpened', (service) => `New incident: ${service}`],
  ['IncidentResolved', () => 'An incident is resolved'],
  ['IncidentEscalated', () => 'An incident needs a person'],
]);
const MAX_SAID = 2;

export function computeAnnouncement(events: readonly LogEvent[]): string | undefined {
  const said = events.flatMap(({ type, data }) => WORDS.get(type)?.(new Fields(data).text('target')) ?? []);
  if (said.length === 0) return undefined;
  return said.length > MAX_SAID ? `${said.length} incidents have changed` : said.join('. ');
}

export const startAnnouncing = (): (() => void) =>
  liveLog.onEvents((events) => {
    announcement.value = computeAnnouncement(events) ?? announcement.peek();
  });
