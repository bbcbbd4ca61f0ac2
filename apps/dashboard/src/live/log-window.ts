import { type LogEvent, type Narrator, parsePosition, type Sentence } from '#libs/contracts';
import { type Kind, KINDS, kindsOf } from './kinds.ts';

/** Most rows of a kind that are kept. */
export const MAX_ROWS = 500;

/** One event, told; made once, when it comes in. */
export interface LogRow {
  event: LogEvent;
  position: number;
  sentence: Sentence;
  subject: string;
  incidentId: string | undefined;
}

/** The newest part of the log, kind by kind and the latest first, so that a storm of one kind pushes no other one out. */
export interface LogWindow {
  lastPosition: number;
  rows: Readonly<Record<Kind, readonly LogRow[]>>;
}

const perKind = (rowsOf: (kind: Kind) => readonly LogRow[]): LogWindow['rows'] => ({
  story: rowsOf('story'),
  incidents: rowsOf('incidents'),
  decisions: rowsOf('decisions'),
  fixes: rowsOf('fixes'),
  checks: rowsOf('checks'),
  services: rowsOf('services'),
  reports: rowsOf('reports'),
  access: rowsOf('access'),
  everything: rowsOf('everything'),
});

export const emptyWindow = (lastPosition = 0): LogWindow => ({ lastPosition, rows: perKind(() => []) });

/** Only what comes after what is there, in order and once, whatever a connection that was made again sent twice. */
export function selectFresh(lastPosition: number, events: readonly LogEvent[]): LogEvent[] {
  const byPosition = new Map(events.map((event) => [parsePosition(event.position), event]));
  return [...byPosition.keys()]
    .filter((position) => position > lastPosition)
    .sort((a, b) => a - b)
    .flatMap((position) => byPosition.get(position) ?? []);
}

/** @param fresh what `selectFresh` left */
export function addToWindow(window: LogWindow, fresh: readonly LogEvent[], narrator: Narrator): LogWindow {
  if (fresh.length === 0) return window;
  const added = fresh.map((event) => toRow(event, narrator)).reverse();
  const byKind = new Map<Kind, LogRow[]>(KINDS.map((kind) => [kind, []]));
  for (const row of added) for (const kind of kindsOf(row.event)) byKind.get(kind)?.push(row);
  return {
    lastPosition: added[0]?.position ?? window.lastPosition,
    rows: perKind((kind) => prepend(byKind.get(kind) ?? [], window.rows[kind])),
  };
}

const prepend = (added: readonly LogRow[], old: readonly LogRow[]): readonly LogRow[] =>
  added.length === 0 ? old : [...added, ...old].slice(0, MAX_ROWS);

function toRow(event: LogEvent, narrator: Narrator): LogRow {
  const { sentence, subject } = narrator.tell(event);
  return { event, position: parsePosition(event.position), sentence, subject, incidentId: incidentOf(event) };
}

/** The incident that an event belongs to. */
export function incidentOf({ metadata, data }: LogEvent): string | undefined {
  const id = metadata['correlation_id'] ?? data['incident_id'];
  return typeof id === 'string' && id !== '' ? id : undefined;
}

/** How many rows came after a place; the most that is kept, where it may be more. */
export const countAfter = (rows: readonly LogRow[], position: number): number => {
  const index = rows.findIndex((row) => row.position <= position);
  return index === -1 ? rows.length : index;
};
