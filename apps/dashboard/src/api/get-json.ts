import { correctClock } from '../time/clock.ts';
import { ApiError } from './api-error.ts';
import { readAnswer } from './read-answer.ts';

/**
 * Asks the API, and trusts the answer only when `isExpected` does.
 *
 * @throws ApiError
 */
export async function getJson<T>(path: string, isExpected: (body: unknown) => body is T): Promise<T> {
  const { body, date } = await readAnswer(path);
  correctClock(date);
  if (isExpected(body)) return body;
  throw new ApiError('The answer is not what this page expects.', {
    kind: 'wrong',
    remediation: 'Reload the page: the orchestrator may be newer than it.',
  });
}
