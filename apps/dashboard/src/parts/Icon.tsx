import type { VNode } from 'preact';

/** Shapes that differ also where colours don't. Drawn on 16 × 16. */
const PATHS = {
  check: 'M3.5 8.5l3 3 6-7',
  cross: 'M4.5 4.5l7 7m0-7l-7 7',
  stop: 'M5 5h6v6H5z',
  dots: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  clock: 'M8 4.5V8l2.5 1.5M8 2a6 6 0 100 12A6 6 0 008 2z',
  question: 'M6 6a2 2 0 113.2 1.6C8.4 8.2 8 8.6 8 9.5M8 12h.01',
  alert: 'M8 2.5l6 10.5H2zM8 6.5v3M8 11.2h.01',
  wrench: 'M13.2 4.3a3.2 3.2 0 01-4.3 4.2L5 12.4 3.6 11l3.9-3.9A3.2 3.2 0 0111.7 2.8L9.8 4.7l1.5 1.5z',
  tilde: 'M3 9.5c1.5-3 3.5-3 5-1.5s3.5 1.5 5-1.5',
  person: 'M8 8a2.5 2.5 0 100-5 2.5 2.5 0 000 5zM3.5 13.5c.5-2.5 2.3-3.5 4.5-3.5s4 1 4.5 3.5',
  pulse: 'M1.5 8.5h3l1.5-4 3 7 1.5-3h4',
  screen: 'M2.5 3.5h11v7h-11zM6 13h4M8 10.5V13',
  sun: 'M8 5.2a2.8 2.8 0 100 5.6 2.8 2.8 0 000-5.6zM8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M12.6 3.4l-.7.7M4.1 11.9l-.7.7',
  moon: 'M13 9.5A5.5 5.5 0 016.5 3 5.5 5.5 0 1013 9.5z',
  right: 'M6 3.5L10.5 8 6 12.5',
  left: 'M10 3.5L5.5 8l4.5 4.5',
  pause: 'M5.5 4v8M10.5 4v8',
  play: 'M5 3.5l7 4.5-7 4.5z',
  up: 'M8 13V3.5M4 7.5l4-4 4 4',
} as const;

export type IconName = keyof typeof PATHS;

export const Icon = ({ name }: { name: IconName }): VNode => (
  <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
    <path d={PATHS[name]} />
  </svg>
);
