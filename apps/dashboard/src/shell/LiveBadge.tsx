import type { VNode } from 'preact';
import { freshness } from '../live/as-of.ts';
import type { Freshness } from '../live/connection.ts';
import { overview } from '../lists/overview.ts';
import { Icon, type IconName } from '../parts/Icon.tsx';
import { Ago } from '../time/Ago.tsx';

const LOOKS: Record<Freshness['state'], { tone: string; icon: IconName }> = {
  connecting: { tone: 'plain', icon: 'dots' },
  live: { tone: 'good', icon: 'pulse' },
  reconnecting: { tone: 'warn', icon: 'dots' },
  behind: { tone: 'warn', icon: 'clock' },
  stale: { tone: 'bad', icon: 'clock' },
};

/** Whether what is shown is what is. */
export function LiveBadge(): VNode {
  const known = freshness.value;
  const isAway = known.state === 'connecting' && overview.problem.value !== undefined;
  const { tone, icon } = LOOKS[isAway ? 'stale' : known.state];
  return (
    <p class={`badge tone-${tone}`} role="status">
      <Icon name={icon} />
      {isAway ? 'no answer' : known.state}
      {(known.state === 'stale' || known.state === 'behind') && <Since ms={known.sinceMs} />}
    </p>
  );
}

const Since = ({ ms }: { ms: number }): VNode => (
  // Not read out each second: the state itself is.
  <span aria-live="off">
    {' '}
    since <Ago at={new Date(ms).toISOString()} plain />
  </span>
);
