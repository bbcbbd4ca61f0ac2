import type { LogWatch } from '../installation/log-watch.ts';

/** How the log says that it went, with times in milliseconds on the clock of the database. */
export interface Story {
  incidentId?: string;
  detectedAtMs?: number;
  decidedAtMs?: number;
  firstGreenProbeAtMs?: number;
  endedAtMs?: number;
  /** `held`: denied, and nothing was commanded. */
  ending?: 'healed' | 'escalated' | 'held';
  reasonCode?: string;
  commands: number;
}

interface LoggedRow {
  type: string;
  at_ms: string;
  data: Record<string, unknown>;
}

const TYPES = [
  'ErrorReported',
  'IncidentOpened',
  'DecisionMade',
  'FixObserved',
  'FixCommanded',
  'ProbeObserved',
  'IncidentResolved',
  'IncidentEscalated',
];

const SINCE = `
SELECT type, floor(extract(epoch FROM recorded_at) * 1000) AS at_ms, payload::json AS data
FROM events WHERE position > $1 AND type = ANY($2) ORDER BY position`;

/** Reads what the log holds of one service after a position. */
export async function readStory(log: LogWatch, target: string, after: number): Promise<Story> {
  const rows = await log.query<LoggedRow>(SINCE, [after, TYPES]);
  const story: Story = { commands: 0 };
  const fixes = new Set<unknown>();
  for (const row of rows) follow(story, row, { target, fixes });
  return story;
}

function follow(story: Story, { type, at_ms: at, data }: LoggedRow, about: { target: string; fixes: Set<unknown> }): void {
  const atMs = Number(at);
  const isOurs = data['target'] === about.target;
  const isOurIncident = story.incidentId !== undefined && data['incident_id'] === story.incidentId;
  switch (type) {
    case 'ErrorReported':
      if (isOurs) story.detectedAtMs ??= atMs;
      break;
    case 'IncidentOpened':
      if (isOurs) story.incidentId ??= String(data['incident_id']);
      break;
    case 'DecisionMade':
      if (isOurIncident) noteDecision(story, data, atMs);
      break;
    case 'FixObserved':
      if (isOurIncident) about.fixes.add(data['fix_id']);
      break;
    case 'FixCommanded':
      if (isOurs) story.commands += 1;
      break;
    case 'ProbeObserved':
      if (about.fixes.has(data['fix_id']) && data['ok'] === true) story.firstGreenProbeAtMs ??= atMs;
      break;
    case 'IncidentResolved':
    case 'IncidentEscalated':
      if (isOurIncident) noteEnding(story, type === 'IncidentResolved' ? 'healed' : 'escalated', { atMs, data });
      break;
  }
}

function noteDecision(story: Story, { verdict, reason_code: reasonCode }: Record<string, unknown>, atMs: number): void {
  if (verdict === 'act') {
    story.decidedAtMs ??= atMs;
    // What was held at first and is acted upon later was not held.
    delete story.ending;
    delete story.endedAtMs;
  }
  if (verdict === 'deny' && story.commands === 0) {
    story.decidedAtMs ??= atMs;
    noteEnding(story, 'held', { atMs, data: { reason_code: reasonCode } });
  }
}

function noteEnding(
  story: Story,
  ending: Exclude<Story['ending'], undefined>,
  { atMs, data }: { atMs: number; data: Record<string, unknown> },
): void {
  story.ending = ending;
  story.endedAtMs = atMs;
  if (typeof data['reason_code'] === 'string') story.reasonCode = data['reason_code'];
}
