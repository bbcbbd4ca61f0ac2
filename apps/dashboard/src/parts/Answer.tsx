import type { ReadonlySignal } from '@preact/signals';
import type { ComponentChildren, VNode } from 'preact';
import type { ApiError } from '../api/api-error.ts';
import { viewAnswer } from './answer-view.ts';
import { Failure, Loading, Outdated } from './Notice.tsx';

interface AnswerProps<T> {
  of: { readonly value: ReadonlySignal<T | undefined>; readonly problem: ReadonlySignal<ApiError | undefined> };
  what: string;
  children: (value: T) => ComponentChildren;
}

/** An answer of the API, or why there is none; one that could not be asked for again says so. */
export function Answer<T>({ of, what, children }: AnswerProps<T>): VNode {
  const view = viewAnswer(of.value.value, of.problem.value);
  switch (view.kind) {
    case 'loading':
      return <Loading what={what} />;
    case 'missing':
      return <Failure problem={view.problem} />;
    case 'shown':
      return (
        <>
          <Outdated by={view.outdatedBy} />
          {children(view.value)}
        </>
      );
  }
}
