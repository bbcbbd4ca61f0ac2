import type { AppLogger } from '../logging/app-logger.ts';
import { loadGenerations } from './generation.ts';
import type { Projection } from './projection.ts';
import type { RunnerParts } from './projection-runner.ts';
import { rebuildProjection } from './rebuild-projection.ts';

/** Makes read models anew that older code has made, while readers see them as they were; leaves those of newer code to that. */
export class OutdatedReadModels {
  private readonly leftToOthers = new Set<string>();

  constructor(
    private readonly definitions: readonly Projection[],
    private readonly parts: RunnerParts,
    private readonly logger: AppLogger,
  ) {}

  /** @returns false: there is nothing more to be had until something changes */
  async step(signal: AbortSignal): Promise<boolean> {
    const generations = await loadGenerations(this.parts.pool);
    for (const definition of this.definitions) {
      const live = generations.find(({ projection, state }) => projection === definition.name && state === 'live');
      if (live === undefined || signal.aborted) continue;
      if (live.version < definition.version) await this.rebuild(definition, signal);
      if (live.version > definition.version) this.leave(definition.name);
    }
    return false;
  }

  private async rebuild(definition: Projection, signal: AbortSignal): Promise<void> {
    const { name: read_model, version } = definition;
    this.logger.say('info', 'a read model is made anew, for the code makes something else of events now', {
      read_model,
      version,
    });
    const { outcome, position } = await rebuildProjection(definition, this.parts, { signal });
    this.logger.say('info', 'a read model was made anew', { read_model, outcome, position });
  }

  private leave(read_model: string): void {
    if (!this.leftToOthers.has(read_model))
      this.logger.say('warn', 'a read model was made by newer code, which has to keep it up', { read_model });
    this.leftToOthers.add(read_model);
  }
}
