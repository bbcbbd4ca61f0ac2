import type { ViolationCode } from '#libs/testing';

/** What can be wrong with a world, and no log tells; the docs of each code stand with the oracle that finds it. */
type WorldCode =
  'left-alone' | 'outcome-unheard' | 'given-up' | 'unlicensed-effect' | 'healed-unseen' | 'still-stopped' | 'still-objected';
export type BreachCode = ViolationCode | WorldCode;

/** In the words of the log checker. */
export const breach = (code: BreachCode, sentence: string): string => `${code}: ${sentence}`;
