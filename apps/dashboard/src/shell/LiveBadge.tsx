import type { VNode } from 'preact';
import { liveLog } from '../live/live-log.ts';
import { Icon, type IconName } from '../parts/Icon.tsx';
import { overview } from '../lists/overview.ts';
import { Ago } from '../time/Ago.tsx';

const LOOKS: Record<'connecting' | 'live' | 'reconnecting' | 'stale', { tone: string; icon: IconName }> = {
  connecting: { tone: 'plain', icon: 'dots' },
  live: { tone: 'good', icon: 'pulse' },
  reconnecting: { tone: 'warn', icon: 'dots' },
  stale: { tone: 'bad', icon: 'clock' },
};

/** Whether what is shown is what is. */
export function LiveBadge(): VNode {
  const freshness = liveLog.freshness.value;
  const isAway = freshness.state === 'connecting' && overview.problem.value !== undefined;
  const { tone, icon } = LOOKS[isAway ? 'stale' : freshness.state];
  return (
    <p class={`badge tone-${tone}`} role="status">
      <Icon name={icon} />
      {isAway ? 'no answer' : freshness.state}
      {'sinceMs' in freshness && freshness.state === 'stale' && <StaleSince ms={freshness.sinceMs} />}
    </p>
  );
}

const StaleSince = ({ ms }: { ms: number }): VNode => (
  // Not read out each second: the state itself is.
  <span aria-live="off">
    {' '}
    since <Ago at={new Date(ms).toISOString()} plain />
  </span>
);
