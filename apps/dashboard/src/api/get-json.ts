import { refusal } from '../access/refusal.ts';
import { correctClock } from '../time/clock.ts';
import { ApiError } from './api-error.ts';
import { type Answer, readAnswer } from './read-answer.ts';

/**
 * Asks the API, and trusts the answer only when `isExpected` does.
 *
 * @throws ApiError
 */
export async function getJson<T>(path: string, isExpected: (body: unknown) => body is T): Promise<T> {
  const { body, date } = await readAsSomebody(path);
  correctClock(date);
  if (isExpected(body)) return body;
  throw new ApiError('The answer is not what this page expects.', {
    kind: 'wrong',
    remediation: 'Reload the page: the orchestrator may be newer than it.',
  });
}

/** Tells the page whether it is told anything at all. */
async function readAsSomebody(path: string): Promise<Answer> {
  try {
    const answer = await readAnswer(path);
    refusal.value = undefined;
    return answer;
  } catch (error) {
    // The first says why; after it the browser may have forgotten the session already.
    if (error instanceof ApiError && error.kind === 'denied') refusal.value ??= error;
    throw error;
  }
}
