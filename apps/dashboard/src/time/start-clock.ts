import { whileVisible } from '../live/while-visible.ts';
import { tick } from './clock.ts';

const TICK_MS = 1000;

/** Lets the time pass while the page can be seen. */
export const startClock = (): (() => void) =>
  whileVisible(() => {
    tick();
    const timer = setInterval(tick, TICK_MS);
    return () => clearInterval(timer);
  });
