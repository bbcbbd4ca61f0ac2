import type { Tone } from '#libs/contracts';
import pc from 'picocolors';

export interface Style {
  tone(tone: Tone, text: string): string;
  dim(text: string): string;
  bold(text: string): string;
}

/** Colours, or none: then everything is told by words alone. */
export function createStyle(isColoured: boolean): Style {
  const { red, green, yellow, cyan, dim, bold } = pc.createColors(isColoured);
  const paint = { bad: red, good: green, warn: yellow, act: cyan, quiet: dim, plain: (text: string): string => text };
  return { tone: (tone, text) => paint[tone](text), dim, bold };
}
