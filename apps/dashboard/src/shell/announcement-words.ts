import { Fields, type LogEvent } from '#libs/contracts';

const WORDS: ReadonlyMap<string, (service: string) => string> = new Map<string, (service: string) => string>([
  ['IncidentOpened', (service) => `New incident: ${service}`],
  ['IncidentResolved', () => 'An incident is resolved'],
  ['IncidentEscalated', () => 'An incident needs a person'],
]);
const MAX_SAID = 2;

/** What began or ended among these events, for a screen reader. */
export function computeAnnouncement(events: readonly LogEvent[]): string | undefined {
  const said = events.flatMap(({ type, data }) => WORDS.get(type)?.(new Fields(data).text('target')) ?? []);
  if (said.length === 0) return undefined;
  return said.length > MAX_SAID ? `${said.length} incidents have changed` : said.join('. ');
}

/** A screen reader reads what has changed, so what is said twice in a row has to differ, unseen and unheard. */
export const sayAnew = (text: string, before: string): string => (text === before ? `${text}\u00A0` : text);
