import type { Ending } from './scripts.ts';

/** What the log says of one service, whose incident ended or didn't. */
export interface Course {
  readonly behaviour: string;
  readonly serviceId: string;
  readonly expected: Ending;
  readonly withinSeconds: number;
  /** How its incidents ended, in order; one that is open counts as open. */
  readonly endings: readonly (Ending | 'open')[];
  /** From the opening of the first to its end; `undefined` when it has none. */
  readonly seconds: number | undefined;
  readonly commands: number;
  /** How often the agent itself says that it began something. */
  readonly effects: number;
  /** Why the verdicts on its fixes were reached. */
  readonly verdicts: readonly string[];
}

/** What is wrong with one of them; `undefined` when it went as it must. */
export function findFault({ expected, withinSeconds, endings, seconds, commands, effects }: Course): string | undefined {
  if (effects > commands) return `${effects} effects of ${commands} commands`;
  if (endings.length === 0) return 'no incident';
  if (endings.some((ending) => ending !== expected)) return `${endings.join(', ')}, not ${expected}`;
  if (seconds === undefined || seconds > withinSeconds) return `ended after ${seconds ?? '?'} s, not within ${withinSeconds} s`;
  return commands === 0 ? 'nothing was commanded' : undefined;
}

/** Caught by what the orchestrator saw itself, and not by anything that the agent said. */
export const isCaughtByProbe = ({ verdicts }: Course): boolean =>
  verdicts.length > 0 && verdicts.every((reason) => reason.startsWith('probe:'));
