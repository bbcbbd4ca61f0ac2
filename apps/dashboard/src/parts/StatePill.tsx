import type { VNode } from 'preact';
import { plain, toneOfState } from '#libs/contracts';
import { Icon, type IconName } from './Icon.tsx';

const ICONS: ReadonlyMap<string, IconName> = new Map<string, IconName>([
  ['healthy', 'check'],
  ['unhealthy', 'cross'],
  ['stopped', 'stop'],
  ['starting', 'dots'],
  ['stale', 'clock'],
  ['unknown', 'question'],
  ['open', 'alert'],
  ['healing', 'wrench'],
  ['mitigated', 'tilde'],
  ['resolved', 'check'],
  ['escalated', 'person'],
]);

/** The state of a service or an incident: a word, a shape and a colour. */
export const StatePill = ({ state }: { state: string }): VNode => (
  <span class={`pill tone-${toneOfState(state)}`}>
    <Icon name={ICONS.get(state) ?? 'question'} />
    {plain(state)}
  </span>
);
