import type { VNode } from 'preact';
import { Icon, type IconName } from '../parts/Icon.tsx';
import { chooseTheme, type Theme, theme, THEMES } from './theme.ts';

const ICONS: Record<Theme, IconName> = { system: 'screen', light: 'sun', dark: 'moon' };

export function ThemeSwitch(): VNode {
  return (
    <fieldset class="theme-switch">
      <legend class="unseen">Theme</legend>
      {THEMES.map((name) => (
        <label key={name} title={`${name} theme`}>
          <input
            type="radio"
            name="theme"
            class="unseen"
            checked={theme.value === name}
            aria-label={name}
            onChange={() => chooseTheme(name)}
          />
          <Icon name={ICONS[name]} />
        </label>
      ))}
    </fieldset>
  );
}
