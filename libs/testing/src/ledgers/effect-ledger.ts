import { z } from 'zod';
import type { AgentLedger, Effect } from '../log-checker/evidence.ts';
import { LineFile } from './line-file.ts';

const EffectSchema = z.object({ commandId: z.string(), target: z.string(), fencePosition: z.number() });

/** What an agent of a test begins, on its disk before it does anything, so that a kill of the agent hides nothing from the judge. */
export class EffectLedger {
  private readonly lines: LineFile;
  private readonly repeats: LineFile;
  private readonly begun: Set<string>;

  constructor(
    file: string,
    private readonly agentId: string,
  ) {
    this.lines = new LineFile(file);
    this.repeats = new LineFile(`${file}.repeated`);
    this.begun = new Set(this.effects.map(({ commandId }) => commandId));
  }

  /** In this life or an earlier one. */
  hasBegun(commandId: string): boolean {
    return this.begun.has(commandId);
  }

  /** Act when it resolves, not before. */
  async begin(effect: Effect): Promise<void> {
    this.begun.add(effect.commandId);
    this.lines.add(JSON.stringify(effect));
    await this.lines.sync();
  }

  /** It was begun before, comes again, and nothing is done about it. */
  repeat(effect: Effect): void {
    this.repeats.add(JSON.stringify(effect));
  }

  get effects(): Effect[] {
    return readEffects(this.lines);
  }

  toAgentLedger(): AgentLedger {
    return { agentId: this.agentId, effects: this.effects, repeated: readEffects(this.repeats) };
  }

  close(): void {
    this.lines.close();
    this.repeats.close();
  }
}

const readEffects = (lines: LineFile): Effect[] => lines.read().map((line) => EffectSchema.parse(JSON.parse(line)));
