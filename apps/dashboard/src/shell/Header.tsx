import type { VNode } from 'preact';
import { plural } from '#libs/contracts';
import { isSignedIn, signOut } from '../access/access.ts';
import { refusal } from '../access/refusal.ts';
import { overview } from '../lists/overview.ts';
import { countUnresolved, listUnhealthy } from '../lists/overview-words.ts';
import { Icon } from '../parts/Icon.tsx';
import { ThemeSwitch } from '../theme/ThemeSwitch.tsx';
import { LiveBadge } from './LiveBadge.tsx';

export const Header = (): VNode => (
  <header class="bar">
    <a class="brand" href="/">
      <Icon name="pulse" />
      <span>
        Zantara <span class="brand-rest">Self-Healing</span>
      </span>
    </a>
    {refusal.value === undefined && (
      <>
        <Counts />
        <LiveBadge />
      </>
    )}
    <SignOut />
    <ThemeSwitch />
  </header>
);

const SignOut = (): VNode | null =>
  isSignedIn.value && refusal.value === undefined ? (
    <button class="button" type="button" onClick={() => void signOut()}>
      Sign out
    </button>
  ) : null;

function Counts(): VNode | null {
  const known = overview.value.value;
  if (known === undefined) return null;
  const [incidents, unhealthy] = [countUnresolved(known.counts), listUnhealthy(known.services).length];
  return (
    <ul class="counts" aria-label="At a glance">
      <li class={incidents > 0 ? 'tone-bad' : 'tone-good'}>
        <Icon name={incidents > 0 ? 'alert' : 'check'} />
        {plural(incidents, 'open incident')}
      </li>
      <li class={unhealthy > 0 ? 'tone-bad' : 'tone-good'}>
        <Icon name={unhealthy > 0 ? 'cross' : 'check'} />
        {plural(unhealthy, 'service')} unhealthy
      </li>
    </ul>
  );
}
