import { hasShape, type Problem } from '#libs/contracts';
import { correctClock } from '../time/clock.ts';
import { ApiError } from './api-error.ts';

const TIMEOUT_MS = 10_000;
const [NOT_FOUND, SERVER_FAULT] = [404, 500];

/**
 * Asks the API, and trusts the answer only when `isExpected` does.
 *
 * @throws ApiError
 */
export async function getJson<T>(path: string, isExpected: (body: unknown) => body is T): Promise<T> {
  const response = await send(path);
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw toError(response.status, body);
  correctClock(response.headers.get('date'));
  if (isExpected(body)) return body;
  throw new ApiError('The answer is not what this page expects.', {
    kind: 'wrong',
    remediation: 'Reload the page: the orchestrator may be newer than it.',
  });
}

async function send(path: string): Promise<Response> {
  try {
    return await fetch(path, { headers: { accept: 'application/json' }, signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (error) {
    throw new ApiError('The orchestrator does not answer.', {
      kind: 'away',
      remediation: 'Start it with npm start. This page asks again by itself.',
      cause: error,
    });
  }
}

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
  return status === NOT_FOUND ? 'absent' : 'wrong';
}
