import type { Command } from '#libs/contracts';
import type { Attempt, Evidence } from './judge-forgeries.ts';
import { forgeGood } from './forgery.ts';
import { type Forge, heldBack, KINDS, SLOW_KINDS } from './forgery-kinds.ts';
import { Stage } from './stage.ts';

export interface ForgeryPlan {
  readonly seed: number;
  /** Forgeries of each kind. */
  readonly each: number;
  /** Good commands among them. */
  readonly good: number;
  /** Of each kind for which the agent waits half a minute. */
  readonly slow: number;
  readonly say: (line: string) => void;
}

/** The broker hands out no more than 64 at a time that aren't settled. */
const MOST_WAITING = 60;
/** Short, so that what waits for a sign of life expires before there is one. */
const SHORT_LIFE_MS = 2_000;

const STOPS: Readonly<Record<string, Parameters<Stage['forger']['orchestrator']['resume']>>> = {
  'while everything is stopped': ['stopped'],
  'while its service is stopped': ['running', { stopped_services: ['memory'] }],
  'while its strategy is stopped': ['running', { stopped_strategies: ['restart/service'] }],
};
/** The first, one after the stops, and one after the restart. */
const GOOD_BESIDE = 3;

/** Sends what must not be carried out, among good commands that must, and says what became of all of them. */
export async function runForgeries(plan: ForgeryPlan): Promise<{ attempts: Attempt[]; evidence: Evidence }> {
  const stage = await Stage.open(plan.seed, plan.good + GOOD_BESIDE);
  try {
    const run = new Run(stage, plan);
    await run.all();
    return { attempts: run.attempts, evidence: await stage.gather() };
  } finally {
    await stage.close();
  }
}

class Run {
  readonly attempts: Attempt[] = [];

  constructor(
    private readonly stage: Stage,
    private readonly plan: ForgeryPlan,
  ) {}

  async all(): Promise<void> {
    const { each, slow, good, say } = this.plan;
    await this.beGood();
    for (const [kind, forge] of Object.entries(SLOW_KINDS)) await this.forge(kind, forge, slow);
    await this.mix();
    await this.stage.settle();
    say(`${this.attempts.length} forgeries among ${good} good commands`);
    for (const [kind, said] of Object.entries(STOPS)) await this.beStopped(kind, said, each);
    await this.resume();
    await this.beSilent();
    await this.resume();
    await this.forge('above its own rate', heldBack('rate-limited'), each);
    await this.stage.settle();
    say(`${this.attempts.length} in all, stopped, silent, after a restart and above the rate too`);
  }

  private async forge(kind: string, forge: Forge, count: number): Promise<void> {
    for (let n = 0; n < count; n += 1) {
      const { commandId, fate, ...publication } = forge(this.stage.forger);
      const messageId = await this.stage.publish(publication);
      this.attempts.push({ kind, messageId, commandId, fate });
    }
  }

  /** A good command, which must be carried out, or nothing would have been shown. */
  private async beGood(): Promise<void> {
    const { forger } = this.stage;
    const good = forgeGood(forger);
    await forger.orchestrator.publish(good.message);
    forger.done.push(good);
    await forger.orchestrator.untilPhase(good.command, 'succeeded');
  }

  /** All kinds in any order, while one good command after the other is carried out. */
  private async mix(): Promise<void> {
    const { random } = this.stage.forger;
    const turns = Object.entries(KINDS).flatMap((kind) => Array.from({ length: this.plan.each }, () => kind));
    const order = turns.map((kind) => ({ kind, at: random.fraction() })).toSorted((a, b) => a.at - b.at);
    const share = Math.ceil(order.length / this.plan.good);
    for (let begin = 0; begin < order.length; begin += share) {
      const good = this.beGood();
      for (const { kind } of order.slice(begin, begin + share)) await this.forge(...kind, 1);
      await good;
    }
  }

  private async beStopped(kind: string, said: (typeof STOPS)[string], count: number): Promise<void> {
    this.stage.forger.orchestrator.resume(...said);
    await this.stage.untilHeard();
    await this.forge(kind, heldBack('control-stopped'), count);
    await this.stage.settle();
  }

  private async resume(): Promise<void> {
    this.stage.forger.orchestrator.resume();
    await this.stage.untilHeard();
    await this.beGood();
  }

  /** A new process of the agent that hears of nobody: it answers what it did, and waits with everything else until it expires. */
  private async beSilent(): Promise<void> {
    const { orchestrator } = this.stage.forger;
    const count = Math.min(this.plan.each, MOST_WAITING);
    orchestrator.silence();
    await this.stage.restartAgent();
    const soon = (): Partial<Command> => ({ expires_at: new Date(Date.now() + SHORT_LIFE_MS).toISOString() });
    await this.forge('while nobody says that it may', heldBack('expired', soon), count);
    const { replayed } = KINDS;
    if (replayed !== undefined) await this.forge('replayed after a restart', replayed, this.plan.each);
    await this.stage.settle();
  }
}
