import type { ApiError } from '../api/api-error.ts';

/** What is to be seen of an answer that is asked for again and again. */
export type AnswerView<T> =
  { kind: 'loading' } | { kind: 'missing'; problem: ApiError } | { kind: 'shown'; value: T; outdatedBy: ApiError | undefined };

export function viewAnswer<T>(value: T | undefined, problem: ApiError | undefined): AnswerView<T> {
  // What isn't there any more isn't shown, however well it was known before.
  if (problem?.kind === 'absent') return { kind: 'missing', problem };
  if (value !== undefined) return { kind: 'shown', value, outdatedBy: problem };
  return problem === undefined ? { kind: 'loading' } : { kind: 'missing', problem };
}
