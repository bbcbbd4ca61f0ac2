import { LineFile, readAgentLedger, type Violation } from '#libs/testing';
import type { Reporter } from './reporter.ts';

/** How often a service was started, by its own word, and what may have started it. */
export interface ServiceStarts {
  readonly serviceId: string;
  readonly starts: number;
  /** That its agent began, each counted once. */
  readonly commands: number;
  /** Lives of its agent that may begin with a first start: after a kill the service is found as it is, or waits for a command. */
  readonly boots: number;
}

export function readServiceStarts({ agentId, stateDir, services, program }: Reporter): ServiceStarts[] {
  const { effects } = readAgentLedger(stateDir, agentId);
  return services.map(({ id, startsFile }) => ({
    serviceId: id,
    starts: new LineFile(startsFile).read().length,
    commands: new Set(effects.flatMap(({ commandId, target }) => (target === id ? [commandId] : []))).size,
    boots: program.launchesUnlessKilled,
  }));
}

/**
 * `second-effect`, by the word of those to whom it was done: each start beyond the commands and the boots is one that nobody asked for.
 *
 * @throws where a service has written down nothing, so that nothing is known of it
 */
export function judgeStarts(services: readonly ServiceStarts[]): Violation[] {
  return services.flatMap(({ serviceId, starts, commands, boots }) => {
    if (starts === 0) throw new Error(`${serviceId} has written down no start`);
    const surplus = starts - commands - boots;
    if (surplus <= 0) return [];
    const sentence = `${serviceId} was started ${starts} times, by ${commands} commands and ${boots} boots of its agent`;
    return [{ code: 'second-effect', sentence, positions: [], ids: Array.from({ length: surplus }, () => serviceId) }];
  });
}
