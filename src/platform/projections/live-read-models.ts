import type { LogPage } from '#libs/event-store';
import { failpoint } from '../failpoint.ts';
import type { AppLogger } from '../logging/app-logger.ts';
import { type Generation, loadGenerations } from './generation.ts';
import { commitPages } from './prepared-page.ts';
import type { Projection } from './projection.ts';
import { ProjectionRunner, type RunnerParts } from './projection-runner.ts';

const PAGE = 500;
/** How long one that failed is left alone; the others go on. */
const REST_MS = 1_000;

/** A read model, and where its live tables stand. */
interface Follower {
  readonly runner: ProjectionRunner;
  readonly at: Generation;
}

/**
 * Keeps the live tables of read models up with the log. Those that stand at the same place are moved together: one page is read and
 * one transaction written for all of them. One that fails is tried alone from then on, and keeps no other one back.
 */
export class LiveReadModels {
  private readonly runners: readonly ProjectionRunner[];
  private readonly followers = new Map<string, Follower>();
  /** Until when a read model is left alone. */
  private readonly resting = new Map<string, number>();

  constructor(
    definitions: readonly Projection[],
    private readonly parts: RunnerParts,
    private readonly logger: AppLogger,
  ) {
    this.runners = definitions.map((definition) => new ProjectionRunner(definition, parts));
  }

  /** Takes in the next stretch of the log; false when there is nothing more to be had for now. */
  async step(): Promise<boolean> {
    await this.findFollowers();
    let isBehind = false;
    for (const group of this.groupByPosition()) isBehind = (await this.move(group)) || isBehind;
    return isBehind;
  }

  /** Of those that are ours to keep up: made by the same version of the code. */
  private async findFollowers(): Promise<void> {
    const nowMs = performance.now();
    for (const [name, until] of this.resting) if (until <= nowMs) this.resting.delete(name);
    const missing = this.runners.filter(({ projection: { name } }) => !this.followers.has(name) && !this.resting.has(name));
    if (missing.length === 0) return;
    const live = (await loadGenerations(this.parts.pool)).filter(({ state }) => state === 'live');
    for (const runner of missing) {
      const { name, version } = runner.projection;
      const at = live.find((each) => each.projection === name);
      if (at?.version === version) this.followers.set(name, { runner, at });
    }
  }

  private groupByPosition(): Follower[][] {
    const all = [...this.followers.values()];
    const positions = [...new Set(all.map(({ at }) => at.position))].toSorted((a, b) => a - b);
    return positions.map((position) => all.filter(({ at }) => at.position === position));
  }

  private async move(group: readonly Follower[]): Promise<boolean> {
    const [first] = group;
    if (first === undefined) return false;
    const { position } = first.at;
    const page = await this.read(position, group);
    if (page.last === position) return false;
    await this.takeTogether(group, page);
    return page.last - position === PAGE || this.groupByPosition().length > 1;
  }

  /** No further than where others stand, so that they meet. */
  private read(after: number, group: readonly Follower[]): Promise<LogPage> {
    const ahead = [...this.followers.values()].map(({ at }) => at.position).filter((position) => position > after);
    const types = [...new Set(group.flatMap(({ runner }) => runner.projection.types))];
    const limit = Math.min(PAGE, ...ahead.map((position) => position - after));
    return this.parts.store.readPage({ after, limit, types, follows: true });
  }

  private async takeTogether(group: readonly Follower[], page: LogPage): Promise<void> {
    // Until it is written nothing is known: what was moved by somebody else is asked for again.
    for (const { runner } of group) this.followers.delete(runner.projection.name);
    try {
      const prepared = await Promise.all(
        group.map(async ({ runner, at }) => ({ runner, page: await runner.prepare(at, select(page, runner.projection)) })),
      );
      await failpoint('read-models.folded');
      const isMoved = await commitPages(
        this.parts.pool,
        prepared.map((each) => each.page),
      );
      await failpoint('read-models.written');
      for (const each of prepared) {
        each.runner.settle(each.page, isMoved);
        if (isMoved) this.followers.set(each.runner.projection.name, { runner: each.runner, at: each.page.to });
      }
    } catch (error) {
      if (group.length > 1) for (const follower of group) await this.takeTogether([follower], page);
      else this.rest(group, error);
    }
  }

  private rest([follower]: readonly Follower[], error: unknown): void {
    const name = follower?.runner.projection.name ?? '';
    this.logger.problem('a read model could not be moved on', error, { read_model: name });
    this.resting.set(name, performance.now() + REST_MS);
  }
}

const select = ({ last, events }: LogPage, { types }: Projection): LogPage => {
  const wanted = new Set(types);
  return { last, events: events.filter(({ type }) => wanted.has(type)) };
};
