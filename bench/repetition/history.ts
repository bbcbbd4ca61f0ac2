import { Random } from '#libs/testing';

/**
 * What its agent does when it is told to restart a service. None says that a service is well which isn't: whether that is heard
 * before the service is given up is a matter of luck, also where everything is said once.
 */
const ENDINGS = ['restarts it', 'says that it did', 'refuses'] as const;
export type Ending = (typeof ENDINGS)[number];

/** A service that fails once. */
export interface Act {
  readonly serviceId: string;
  readonly agentId: string;
  readonly atMs: number;
  readonly ending: Ending;
  /** Its agent says it as often, at once, each time under another one. */
  readonly reportIds: readonly string[];
}

const MOST_REPORTS = 4;

/** The same for the same seed, down to the ids of the reports, so that it can be played more than once. */
export function writeHistory(options: { services: number; agents: number; apartMs: number; seed: number }): Act[] {
  const random = Random.of(options.seed, 'history');
  return Array.from({ length: options.services }, (_, n) => ({
    serviceId: `service-${n}`,
    agentId: `agent-${n % options.agents}`,
    atMs: n * options.apartMs,
    ending: random.pick(ENDINGS),
    reportIds: Array.from({ length: 1 + random.below(MOST_REPORTS) }, () => random.uuid()),
  }));
}
