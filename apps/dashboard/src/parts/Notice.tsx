import type { ComponentChildren, VNode } from 'preact';
import type { ApiError } from '../api/api-error.ts';

/** Where nothing is shown: why, and what to do next. */
export const Notice = ({ title, children }: { title: string; children?: ComponentChildren }): VNode => (
  <div class="notice">
    <p class="notice-title">{title}</p>
    {children}
  </div>
);

export const Failure = ({ problem }: { problem: ApiError }): VNode => (
  <Notice title={problem.message}>
    <p>{problem.remediation}</p>
  </Notice>
);

/** Comes in late, so that what loads at once doesn't flicker. */
export const Loading = ({ what }: { what: string }): VNode => (
  <p class="loading" role="status">
    Loading {what}…
  </p>
);
