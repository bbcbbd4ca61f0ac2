import { setTimeout as sleep } from 'node:timers/promises';
import type { Program } from '../installation/program.ts';
import { VICTIMS } from './calamities.ts';
import type { CalamityName, PlannedCalamity } from './chaos-plan.ts';
import type { Stage } from './stage.ts';

const LOOK_EVERY_MS = 500;
/** Of the planned calamities: who suffers already, or has ended, is spared the next one. */
export const LEAST_BEFALLEN_SHARE = 0.7;

/** Lets calamities befall the parts of a stage, and has whatever ended start again, as a supervisor does. */
export class Turmoil {
  /** How often what has befallen somebody: who suffers already, or isn't there, is spared. */
  readonly befallen = new Map<CalamityName, number>();
  /** Programs that ended without being told to, each time: at their start they found nobody to ask, say. */
  readonly endedByThemselves: Program[] = [];
  /** When the last calamity was over; by `performance.now()`. */
  overAtMs = -Infinity;
  private readonly suffering = new Set<object>();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly stage: Stage) {
    this.timer = setInterval(() => this.supervise(), LOOK_EVERY_MS);
  }

  get times(): number {
    return [...this.befallen.values()].reduce((sum, times) => sum + times, 0);
  }

  /** Resolves when the last calamity is over, and everything runs. */
  async run(plan: readonly PlannedCalamity[], lastsMs: number): Promise<void> {
    const beganAtMs = performance.now();
    const untilMs = (ms: number): Promise<void> => sleep(Math.max(0, beganAtMs + ms - performance.now()));
    const under: Promise<void>[] = [];
    for (const calamity of plan) {
      await untilMs(calamity.atMs);
      under.push(this.strike(calamity));
    }
    await Promise.all(under);
    this.overAtMs = performance.now();
    await untilMs(lastsMs);
    await Promise.all(this.programs.map((program) => program.untilReady()));
  }

  /** Stops a program in order and starts it again, unless it suffers already. */
  async restart(program: Program): Promise<void> {
    if (this.suffering.has(program)) return;
    this.suffering.add(program);
    await program.stop();
    program.launch();
    this.suffering.delete(program);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private get programs(): Program[] {
    return [...this.stage.installation.orchestrators, ...this.stage.agents.map(({ program }) => program)];
  }

  private supervise(): void {
    for (const program of this.programs) {
      if (program.isAlive || this.suffering.has(program)) continue;
      this.endedByThemselves.push(program);
      program.launch();
    }
  }

  private async strike({ name, lastsMs, which }: PlannedCalamity): Promise<void> {
    const victims = VICTIMS[name](this.stage);
    const victim = victims[Math.floor(which * victims.length)];
    if (victim === undefined || this.suffering.has(victim.subject)) return;
    this.suffering.add(victim.subject);
    try {
      if (await victim.suffer(lastsMs)) this.befallen.set(name, (this.befallen.get(name) ?? 0) + 1);
    } finally {
      this.suffering.delete(victim.subject);
    }
  }
}
