import type { VNode } from 'preact';
import { asOf, reason } from '../live/as-of.ts';

/** Says of everything below it as of when it is true, while it isn't current. */
export const AsOfNotice = (): VNode | null =>
  asOf.value === undefined ? null : (
    <p class="as-of">
      {asOf}. {reason}
    </p>
  );
