import { describe, expect, it } from '@jest/globals';
import { readText } from '../repository/repository-files.ts';

/** The two colours of each name, light and dark. */
const COLOURS = new Map(
  [...readText('apps/dashboard/src/styles/theme.css').matchAll(/--([\w-]+): light-dark\((#\w+), (#\w+)\)/g)].map(
    ([, name = '', light = '', dark = '']) => [name, [light, dark] as const],
  ),
);
const THEMES = ['light', 'dark'] as const;

const colourOf = (name: string, theme: (typeof THEMES)[number]): string =>
  COLOURS.get(name)?.[THEMES.indexOf(theme)] ?? '#000000';

/** https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function computeLuminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((share) => (share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function computeContrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [computeLuminance(one), computeLuminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

describe.each(THEMES)('a row under the pointer, in the %s theme', (theme) => {
  const hover = colourOf('hover', theme);

  it('looks other than the rows around it', () => {
    expect(hover).not.toBe(colourOf('surface', theme));
    expect(computeContrast(hover, colourOf('surface', theme))).toBeGreaterThan(1.05);
  });

  // Nobody points at anything when axe looks.
  it('can still be read', () => {
    const contrasts = ['text', 'quiet'].map((name) => computeContrast(colourOf(name, theme), hover));
    expect(Math.min(...contrasts)).toBeGreaterThanOrEqual(4.5);
  });
});
