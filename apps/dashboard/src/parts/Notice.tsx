import type { ComponentChildren, VNode } from 'preact';
import type { ApiError } from '../api/api-error.ts';
import { Icon } from './Icon.tsx';

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

/** Stands at the very place where something old is still shown. */
export const Outdated = ({ by }: { by: ApiError | undefined }): VNode | null =>
  by === undefined ? null : (
    <p class="outdated">
      <Icon name="clock" /> This could not be refreshed: {by.message}
    </p>
  );

/** Comes in late, so that what loads at once doesn't flicker. */
export const Loading = ({ what }: { what: string }): VNode => (
  <p class="loading" role="status">
    Loading {what}…
  </p>
);
