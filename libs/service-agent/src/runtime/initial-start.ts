export interface InitialSituation {
  readonly startOnBoot: boolean;
  readonly isRunning: boolean;
  /** An earlier agent started this service. */
  readonly wasStarted: boolean;
  /** By the same configuration. */
  readonly isSameSpec: boolean;
  /** Since the machine or container was started. */
  readonly isSameEpoch: boolean;
  /** A restart command was cut off when the last agent ended. */
  readonly hasUnfinishedCommand: boolean;
}

export type InitialStep = 'adopt' | 'start' | 'wait-for-command';

/**
 * What the agent does about a service when the agent starts. The first start is configuration; every other one needs a command.
 * So a service that ended while no agent was looking is reported, not started: that would be a restart past every guard. After
 * a restart of the machine, or with another configuration, it is a first start again. One that runs is left alone, whatever its
 * configuration has become: the next restart that is commanded applies it.
 */
export function decideInitialStep(situation: InitialSituation): InitialStep {
  const { startOnBoot, isRunning, wasStarted, isSameSpec, isSameEpoch, hasUnfinishedCommand } = situation;
  if (isRunning) return 'adopt';
  if (hasUnfinishedCommand || !startOnBoot) return 'wait-for-command';
  return wasStarted && isSameSpec && isSameEpoch ? 'wait-for-command' : 'start';
}
