import { Causes, clockOf, Fields, formatDuration, plain, type TimelineEntry, type Told } from '#libs/contracts';
import type { Style } from './style.ts';

const [ORDINAL, CLOCK, SINCE] = [3, 12, 12];
const INDENT = ' '.repeat(ORDINAL + 2 + CLOCK + SINCE + SINCE + 2);

/** Enough of an id to find it again: its end, for ids of one moment begin alike. */
const ID_END = 8;

/** The entries that are shown, numbered; causes are sought in the whole story. */
export function renderTimeline(shown: readonly Told<TimelineEntry>[], story: readonly TimelineEntry[], style: Style): string[] {
  const causes = new Causes(story);
  const ordinals = new Map(shown.map(({ event }, index) => [event.event_id, index + 1]));
  const head = `${'#'.padStart(ORDINAL)}  ${'time (UTC)'.padEnd(CLOCK)}${'since began'.padStart(SINCE)}${'since last'.padStart(SINCE)}  what`;
  const lines = shown.flatMap((told, index) => {
    const previous = shown[index - 1]?.event;
    const details = told.sentence.details.map((detail) => `${INDENT}- ${detail}`);
    const { event } = told;
    const identity = `${event.type} ${event.event_id}, ${describeCause(event, causes, ordinals)}`;
    return [
      ...renderDay(event, previous, style),
      `${renderTimes(event, { ordinal: index + 1, previous }, style)}  ${style.tone(told.sentence.tone, told.sentence.text)}`,
      ...details,
      style.dim(INDENT + plain(identity)),
    ];
  });
  return [style.dim(head.toUpperCase()), ...lines];
}

const dayOf = ({ recorded_at: at }: TimelineEntry): string => plain(at.slice(0, 10));

function renderDay(entry: TimelineEntry, previous: TimelineEntry | undefined, style: Style): string[] {
  return previous !== undefined && dayOf(previous) !== dayOf(entry) ? [style.dim(`      ${dayOf(entry)}`)] : [];
}

function renderTimes(
  entry: TimelineEntry,
  { ordinal, previous }: { ordinal: number; previous: TimelineEntry | undefined },
  style: Style,
): string {
  const sincePrevious = previous === undefined ? '' : `+${formatDuration(entry.since_opened_ms - previous.since_opened_ms)}`;
  const sinceOpened = `+${formatDuration(entry.since_opened_ms)}`.replace('+-', '-');
  const clock = plain(clockOf(entry.recorded_at)).padEnd(CLOCK);
  return `${style.dim(String(ordinal).padStart(ORDINAL))}  ${clock}${sinceOpened.padStart(SINCE)}${style.dim(sincePrevious.padStart(SINCE))}`;
}

function describeCause(entry: TimelineEntry, causes: Causes, ordinals: ReadonlyMap<string, number>): string {
  const cause = causes.find(entry);
  switch (cause.kind) {
    case 'none':
      return entry.type === 'ErrorReported' ? 'an observation' : 'no cause recorded';
    case 'elsewhere':
      return `cause ${cause.eventId}`;
    case 'entry': {
      const { event_id: id, type, data } = cause.entry;
      const ordinal = ordinals.get(id);
      const end = id.slice(-ID_END);
      if (ordinal !== undefined) return `cause #${ordinal} …${end}`;
      return type === 'TimerFired' ? `cause timer ${new Fields(data).text('name')} …${end}` : `cause ${type} …${end}`;
    }
  }
}
