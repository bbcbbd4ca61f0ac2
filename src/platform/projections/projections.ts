import type { PoolOptions } from '#libs/event-store';
import type { LogSubscriptions } from '../log/log-subscriptions.ts';
import { AppLogger } from '../logging/app-logger.ts';
import { getGeneration } from './generation.ts';
import { LeftOver } from './left-over.ts';
import { LiveReadModels } from './live-read-models.ts';
import { OutdatedReadModels } from './outdated-read-models.ts';
import type { Projection } from './projection.ts';
import type { RunnerParts } from './projection-runner.ts';
import { StepPace } from './step-pace.ts';
import { loadParkedStatus, loadProjectionStatus, type ParkedKeyStatus, type ProjectionStatus } from './projection-status.ts';

/** The log is looked at this often at most: a step is twenty statements however little it moves. What comes alone shows at once. */
const MIN_STEP_MS = 100;

const OUTDATED_STEP_MS = 5_000;

/** Of the connections on which read models are written; a crash takes the latest rows and their checkpoint together. */
export const PROJECTION_POOL = {
  settings: ['synchronous_commit=off', 'enable_seqscan=off', 'jit=off'],
  isPipelined: true,
} satisfies Partial<PoolOptions>;

/** The read models of this program: keeps them up with the log, and tells how they are. */
export class Projections {
  constructor(
    readonly definitions: readonly Projection[],
    private readonly parts: RunnerParts,
    private readonly logger: AppLogger,
  ) {}

  follow(subscriptions: LogSubscriptions): void {
    const live = new LiveReadModels(this.definitions, this.parts, this.logger);
    const leftOver = new LeftOver(() => this.status());
    // What was left lying is taken in without asking for each page whose it is.
    let goesOn = false;
    const step = async (): Promise<boolean> => {
      goesOn = (goesOn || (await leftOver.isOurs(subscriptions.headStartMs))) && (await live.step());
      return goesOn;
    };
    const pace = new StepPace(MIN_STEP_MS);
    subscriptions.followBySteps(
      'read-models',
      () => pace.take(step),
      () => pace.minStepMs,
    );
    const outdated = new OutdatedReadModels(this.definitions, this.parts, this.logger);
    subscriptions.followBySteps(
      'outdated-read-models',
      (signal) => outdated.step(signal),
      () => OUTDATED_STEP_MS,
    );
  }

  /** Where the tables stand that readers of a read model see. */
  async position(name: string): Promise<number> {
    return (await getGeneration(this.parts.pool, name, 'live')).position;
  }

  status(): Promise<ProjectionStatus[]> {
    return loadProjectionStatus(this.parts.pool);
  }

  parked(limit: number): Promise<ParkedKeyStatus[]> {
    return loadParkedStatus(this.parts.pool, limit);
  }

  async close(): Promise<void> {
    await this.parts.pool.end();
  }
}
