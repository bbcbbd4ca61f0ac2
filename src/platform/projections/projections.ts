import { AppLogger } from '../logging/app-logger.ts';
import type { LogSubscriptions } from '../log/log-subscriptions.ts';
import { type Generation, getGeneration } from './generation.ts';
import type { Projection } from './projection.ts';
import { ProjectionRunner, type RunnerParts } from './projection-runner.ts';
import { loadParkedStatus, loadProjectionStatus, type ParkedKeyStatus, type ProjectionStatus } from './projection-status.ts';
import { rebuildProjection } from './rebuild-projection.ts';

const PAGE = 500;

/** A read model looks at the log this often at most: fifty small transactions a second cost less than a thousand tiny ones. */
const MIN_STEP_MS = 20;

/** Of the connections on which read models are written; a crash takes the latest rows and their checkpoint together. */
export const PROJECTION_SETTINGS = ['synchronous_commit=off', 'enable_seqscan=off', 'jit=off'];

/** Keeps the read models up with the log. What other code than ours made is made anew, while readers see it as it was. */
export class Projections {
  private readonly live = new Map<string, Generation>();
  private readonly left = new Set<string>();

  constructor(
    readonly definitions: readonly Projection[],
    private readonly parts: RunnerParts,
    private readonly logger: AppLogger,
  ) {}

  follow(subscriptions: LogSubscriptions): void {
    for (const definition of this.definitions) {
      const runner = new ProjectionRunner(definition, this.parts);
      subscriptions.followBySteps(definition.name, (signal) => this.step(runner, signal), MIN_STEP_MS);
    }
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

  private async step(runner: ProjectionRunner, signal: AbortSignal): Promise<boolean> {
    const { name, version } = runner.projection;
    const at = this.live.get(name) ?? (await getGeneration(this.parts.pool, name, 'live'));
    // Until this step has ended nothing is known: after a failure it is asked for again.
    this.live.delete(name);
    if (at.version > version) return this.leaveToOthers(name);
    if (at.version < version) return this.rebuild(runner.projection, signal);
    const page = await runner.read(at.position, PAGE);
    const moved = page.last === at.position ? at : await runner.take(at, page);
    if (moved === undefined) return true;
    this.live.set(name, moved);
    return page.last - at.position === PAGE;
  }

  private leaveToOthers(projection: string): boolean {
    if (!this.left.has(projection))
      this.logger.say('warn', 'a read model was made by newer code, which has to keep it up', { projection });
    this.left.add(projection);
    return false;
  }

  private async rebuild(projection: Projection, signal: AbortSignal): Promise<boolean> {
    this.logger.say('info', 'a read model is made anew, because what it makes of events has changed', {
      projection: projection.name,
      version: projection.version,
    });
    const { outcome } = await rebuildProjection(projection, this.parts, { signal });
    return outcome === 'switched';
  }
}
