import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { formatTime } from '../time/ago.ts';
import { now, today } from '../time/clock.ts';
import { computeFreshness } from './connection.ts';
import { liveLog } from './live-log.ts';

/** Something that is shown, and may be behind the log. */
interface Shown {
  readonly behindSinceMs: ReadonlySignal<number | undefined>;
}

const shown = signal<readonly Shown[]>([]);

/** What is shown is fresh only as long as this is. */
export function watchLag(another: Shown): () => void {
  shown.value = [...shown.peek(), another];
  return () => {
    shown.value = shown.peek().filter((one) => one !== another);
  };
}

const behindSinceMs = computed(() => {
  const times = shown.value.flatMap((one) => one.behindSinceMs.value ?? []);
  return times.length === 0 ? undefined : Math.min(...times);
});

export const freshness = computed(() => computeFreshness(liveLog.connection.value, behindSinceMs.value, now.value));

/** `As of 14:03:05 UTC`: has to stand before whatever is said of the present; undefined while that is true. */
export const asOf = computed(() => {
  const known = freshness.value;
  if (known.state !== 'stale' && known.state !== 'behind') return undefined;
  return `As of ${formatTime(new Date(known.sinceMs).toISOString(), today.value)} UTC`;
});

/** Why that is so, in words for whoever looks at the page. */
export const reason = computed(() =>
  freshness.value.state === 'behind'
    ? 'What is shown here is behind the log of the orchestrator.'
    : 'The orchestrator can not be heard.',
);
