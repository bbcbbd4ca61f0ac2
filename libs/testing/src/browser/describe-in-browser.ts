import { describe } from '@jest/globals';
import { findChromium, NO_CHROMIUM } from './chromium.ts';

/** Specs in a real browser; where there is none they are skipped, and say why. */
export function describeInBrowser(title: string, suite: () => void): void {
  if (findChromium() !== undefined) {
    describe(title, suite);
    return;
  }
  process.stderr.write(`${title}: ${NO_CHROMIUM}\n`);
  describe.skip(`${title} (${NO_CHROMIUM})`, suite);
}
