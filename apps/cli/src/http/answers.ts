import type { IncidentDetail, IncidentSummary, LogEvent, ServiceSummary, TimelineEntry } from '#libs/contracts';
import { UnexpectedAnswerError } from '../cli.errors.ts';
import { hasShape, isRecord } from './shape.ts';

export interface Page<T> {
  items: readonly T[];
  next_cursor: string | null;
  position: string;
}

/** An answer and where it came from, for the message when it isn't what it should be. */
export interface Answer {
  url: string;
  body: unknown;
}

// The schemas of the contracts would say more, and take longer to load than a command may take to start.

export const isLogEvent = (value: unknown): value is LogEvent =>
  hasShape(value, {
    position: 'string',
    event_id: 'string',
    stream: 'string',
    version: 'number',
    type: 'string',
    recorded_at: 'string',
    data: 'object',
    metadata: 'object',
  });

export const isIncidentSummary = (value: unknown): value is IncidentSummary =>
  hasShape(value, {
    incident_id: 'string',
    state: 'string',
    service: 'string',
    severity: 'string',
    error_type: 'string',
    count: 'number',
    opened_at: 'string',
    ended_at: 'string?',
    strategy: 'string?',
    reason_code: 'string?',
  });

export const isServiceSummary = (value: unknown): value is ServiceSummary =>
  hasShape(value, {
    service_id: 'string',
    state: 'string',
    since: 'string?',
    pid: 'number?',
    owner_agent: 'string',
    probe_url: 'string',
    replicas: 'number',
    critical: 'boolean',
    autonomy: 'string',
    depends_on: 'array',
  });

const isTimelineEntry = (value: unknown): value is TimelineEntry =>
  isLogEvent(value) && hasShape(value, { since_opened_ms: 'number', since_previous_ms: 'number', caused_by: 'string?' });

const isIncidentDetail = (value: unknown): value is IncidentDetail =>
  isIncidentSummary(value) && hasShape(value, { timeline: 'array' }) && isListOf(value['timeline'], isTimelineEntry);

const isListOf = <T>(value: unknown, isItem: (item: unknown) => item is T): value is T[] =>
  Array.isArray(value) && value.every((item) => isItem(item));

export function parsePage<T>({ url, body }: Answer, isItem: (item: unknown) => item is T): Page<T> {
  if (isRecord(body)) {
    const { items, next_cursor: nextCursor = null, position } = body;
    const isCursor = nextCursor === null || typeof nextCursor === 'string';
    if (isListOf(items, isItem) && isCursor && typeof position === 'string') return { items, next_cursor: nextCursor, position };
  }
  throw new UnexpectedAnswerError(url, 'it is no page of what was asked for');
}

export function parseIncidentDetail({ url, body }: Answer): IncidentDetail {
  if (isIncidentDetail(body)) return body;
  throw new UnexpectedAnswerError(url, 'it is no incident');
}

/** @param text one frame's data */
export function parseLogEvent(url: string, text: string): LogEvent {
  const body = parseJson(url, text);
  if (isLogEvent(body)) return body;
  throw new UnexpectedAnswerError(url, 'it is no event');
}

export function parseJson(url: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UnexpectedAnswerError(url, 'it is not JSON');
  }
}
