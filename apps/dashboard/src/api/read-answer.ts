import { hasShape, LOG_ID_HEADER, type Problem } from '#libs/contracts';
import { logIdentity } from '../live/log-identity.ts';
import { ApiError } from './api-error.ts';

const TIMEOUT_MS = 10_000;
const [UNAUTHENTICATED, NOT_FOUND, SERVER_FAULT] = [401, 404, 500];

export interface Answer {
  /** `undefined` when it is no JSON. */
  body: unknown;
  /** The orchestrator's time, as the header has it. */
  date: string | null;
}

/** What is asked for besides an answer. */
export interface Command {
  method: 'POST' | 'DELETE';
  body?: object;
}

/**
 * Asks the API and reads the answer to its end.
 *
 * @throws ApiError for a problem, and for an answer that didn't come, was cut in the middle, or is of another log than was shown
 * when it was asked for
 */
export async function readAnswer(path: string, command?: Command): Promise<Answer> {
  const askedIn = logIdentity.generation;
  const { response, text } = await ask(path, command);
  const logId = response.headers.get(LOG_ID_HEADER);
  if (logId !== null && !logIdentity.meet(logId, askedIn)) throw anotherLog();
  const body = parse(text);
  if (!response.ok) throw toError(response.status, body);
  return { body, date: response.headers.get('date') };
}

async function ask(path: string, command: Command | undefined): Promise<{ response: Response; text: string }> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(path, { ...toRequest(command), signal });
    return { response, text: await response.text() };
  } catch (error) {
    throw new ApiError('The orchestrator does not answer.', {
      kind: 'away',
      remediation: 'Start it with npm start. This page asks again by itself.',
      cause: error,
    });
  }
}

function toRequest({ method, body }: Partial<Command> = {}): RequestInit {
  const headers = { accept: 'application/json' };
  if (method === undefined) return { headers };
  if (body === undefined) return { method, headers };
  return { method, headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const anotherLog = (): ApiError =>
  new ApiError('The log is another one than before.', { kind: 'away', remediation: 'This page begins anew by itself.' });

function toError(status: number, body: unknown): ApiError {
  if (!isProblem(body)) {
    return new ApiError(`Something else than the orchestrator answered (${status}).`, {
      kind: 'away',
      remediation: 'Look at what stands before it. This page asks again by itself.',
    });
  }
  return new ApiError(body.detail, { kind: kindOf(status), remediation: body.remediation });
}

const isProblem = (body: unknown): body is Problem => hasShape(body, { detail: 'string', remediation: 'string' });

function kindOf(status: number): ApiError['kind'] {
  if (status >= SERVER_FAULT) return 'away';
  if (status === UNAUTHENTICATED) return 'denied';
  return status === NOT_FOUND ? 'absent' : 'wrong';
}
