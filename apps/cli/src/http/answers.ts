import { type IncidentDetail, isIncidentDetail, isLogEvent, isPageOf, type LogEvent, type Page } from '#libs/contracts';
import { UnexpectedAnswerError } from '../cli.errors.ts';

/** An answer and where it came from, for the message when it isn't what it should be. */
export interface Answer {
  url: string;
  body: unknown;
}

export function parsePage<T>({ url, body }: Answer, isItem: (item: unknown) => item is T): Page<T> {
  if (isPageOf(body, isItem)) return body;
  throw new UnexpectedAnswerError(url, 'it is no page of what was asked for');
}

/** @param what it should be */
export function parseAnswer<T>({ url, body }: Answer, isIt: (body: unknown) => body is T, what: string): T {
  if (isIt(body)) return body;
  throw new UnexpectedAnswerError(url, `it is not ${what}`);
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
