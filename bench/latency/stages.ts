import { median } from '../report/median.ts';

/** When one incident came how far, in milliseconds since 1970. */
export interface Course {
  readonly sent: number;
  stored?: number;
  opened?: number;
  commanded?: number;
  published?: number;
  atAgent?: number;
}

const STEPS = ['sent', 'stored', 'opened', 'commanded', 'published', 'atAgent'] as const;

export const STAGE_NAMES = [
  'report published → stored',
  'stored → incident opened',
  'opened → decided and commanded',
  'commanded → published',
  'published → at the agent',
] as const;

export interface Stages {
  /** Medians in milliseconds, in the order of `STAGE_NAMES`. */
  readonly medians: readonly (number | undefined)[];
  readonly whole: number | undefined;
  /** Of the whole, which one in twenty takes longer than. */
  readonly p95: number | undefined;
}

/** Where the time goes, of those that came to the end. */
export function computeStages(courses: readonly Course[]): Stages {
  const between = (from: (typeof STEPS)[number], to: (typeof STEPS)[number]): number[] =>
    courses.flatMap((course) => {
      const [begin, end] = [course[from], course[to]];
      return begin === undefined || end === undefined ? [] : [end - begin];
    });
  const whole = between('sent', 'atAgent').toSorted((one, other) => one - other);
  return {
    medians: STEPS.slice(1).map((to, n) => median(between(STEPS[n] ?? 'sent', to))),
    whole: median(whole),
    p95: whole[Math.floor(whole.length * 0.95)],
  };
}
