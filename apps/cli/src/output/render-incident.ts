import {
  computeMilestones,
  formatDuration,
  type IncidentDetail,
  isBookkeeping,
  Narrator,
  plain,
  plural,
  tellHeadline,
  type TimelineEntry,
  type Told,
  toneOfState,
} from '#libs/contracts';
import { renderTimeline } from './render-timeline.ts';
import type { Style } from './style.ts';

interface RenderOptions {
  style: Style;
  nowMs: number;
  /** With bookkeeping. */
  isComplete: boolean;
}

/** An incident for somebody on call: first what it is and how it stands, then everything that happened, with ids and causes. */
export function renderIncident(incident: IncidentDetail, { style, nowMs, isComplete }: RenderOptions): string[] {
  const narrator = new Narrator();
  const told = incident.timeline.map((entry) => narrator.tell(entry));
  const shown = isComplete ? told : told.filter(({ event }) => !isBookkeeping(event));
  const hidden = told.length - shown.length;
  const notes = [
    ...(incident.omitted === 0
      ? []
      : [`${plural(incident.omitted, 'event')} left out, mostly repetitions; zantara events shows every one`]),
    ...(hidden === 0 ? [] : [`${plural(hidden, 'timer and reservation event')} hidden; --all shows them`]),
  ];
  return [
    `${style.bold(style.tone(toneOfState(incident.state), plain(incident.state).toUpperCase()))}  ${tellHeadline(incident, nowMs)}`,
    '',
    ...renderFacts(incident, told, nowMs).map(([name, value]) => `${style.dim(name.padEnd(10))}${value}`),
    '',
    ...renderTimeline(shown, incident.timeline, style),
    ...(notes.length === 0 ? [] : ['', ...notes.map((note) => style.dim(note))]),
  ];
}

/** Nothing else is done by itself. */
const NEXT_STEP = 'remove the cause and start the service; the incident follows when its agent sees it healthy';

type Fact = [name: string, value: string];

function renderFacts(incident: IncidentDetail, told: readonly Told<TimelineEntry>[], nowMs: number): Fact[] {
  const { incident_id: id, severity, error_type: type, count, opened_at: openedAt, ended_at: endedAt } = incident;
  const milestones = computeMilestones(incident.timeline).map(({ name, afterMs }) => `${name} +${formatDuration(afterMs)}`);
  const ago = formatDuration(nowMs - Date.parse(openedAt));
  return [
    ['incident', plain(`${id} (${severity}, ${type}, ${plural(count, 'report')})`)],
    ['began', plain(`${readable(openedAt)}, ${ago} ago`)],
    ...(endedAt === null ? [] : [['ended', plain(readable(endedAt))] satisfies Fact]),
    ...(milestones.length === 0 ? [] : [['times', milestones.join(' · ')] satisfies Fact]),
    ...renderOpenQuestion(incident, told),
  ];
}

/** Where it isn't over: what was decided last, and how the last attempt failed. */
function renderOpenQuestion({ state }: IncidentDetail, told: readonly Told<TimelineEntry>[]): Fact[] {
  if (state === 'resolved') return [];
  const last = (type: string): string | undefined => told.findLast(({ event }) => event.type === type)?.sentence.text;
  const [decision, failure] = [last('DecisionMade'), last('FixAttemptFailed')];
  return [
    ...(decision === undefined || failure !== undefined ? [] : [['decision', decision] satisfies Fact]),
    ...(failure === undefined ? [] : [['failure', failure] satisfies Fact]),
    ...(state === 'escalated' ? [['next', NEXT_STEP] satisfies Fact] : []),
  ];
}

const readable = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 23)} UTC`;
