import type { Command } from '#libs/contracts';
import { type CrowdAgent, restart } from '../crowd/crowd-agent.ts';
import type { Crowd } from '../crowd/crowd.ts';

const STEP_MS = 200;
/** Of so many services that fail one is not helped by a restart. */
const STUBBORN_EACH = 6;
const NONSENSE_EACH = 10;
const AGENTS = 4;
/** So many that each has the time to be healed before it is its turn again. */
const SERVICES_EACH = 45;
const STUBBORN_IN_ALL = 40;
/** Whoever was told has mended it by then. */
const MENDED_AFTER_MS = 10_000;

const isStubborn = (serviceId: string): boolean => serviceId.startsWith('stubborn-');

/** Services of which some are helped by no restart, each agent with some of both kinds. */
export function listAgents(): Map<string, string[]> {
  const names = [
    ...Array.from({ length: AGENTS * SERVICES_EACH }, (_, n) => `service-${n}`),
    ...Array.from({ length: STUBBORN_IN_ALL }, (_, n) => `stubborn-${n}`),
  ];
  const agents = new Map<string, string[]>();
  for (const [n, name] of names.entries())
    agents.set(`agent-${n % AGENTS}`, [...(agents.get(`agent-${n % AGENTS}`) ?? []), name]);
  return agents;
}

/** A restart helps, or its agent only says so. */
export function behave(agent: CrowdAgent, command: Command): void {
  if (!isStubborn(command.target.service_id)) return restart(agent, command);
  agent.say(command, 'acknowledged');
  agent.say(command, 'succeeded');
}

/** Services that fail one after the other, all the time, with nonsense in between, so that each step of the loop is taken again and again. */
export class CrashLoad {
  private readonly sound: readonly string[];
  private readonly stubborn: readonly string[];
  private readonly brokenAtMs = new Map<string, number>();
  private steps = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly crowd: Crowd) {
    const all = crowd.agents.flatMap(({ serviceIds }) => serviceIds);
    this.sound = all.filter((id) => !isStubborn(id));
    this.stubborn = all.filter(isStubborn);
  }

  begin(): void {
    this.timer = setInterval(() => this.step(), STEP_MS);
  }

  /** Nothing more fails, and what no restart helps was mended by somebody. */
  end(): void {
    clearInterval(this.timer);
    for (const id of [...this.sound, ...this.stubborn]) if (!this.crowd.agentOf(id).isWell(id)) this.mend(id);
  }

  private step(): void {
    this.steps += 1;
    const isStubbornsTurn = this.steps % STUBBORN_EACH === 0;
    const from = isStubbornsTurn ? this.stubborn : this.sound;
    const turn = isStubbornsTurn ? this.steps / STUBBORN_EACH : this.steps;
    const id = from[turn % from.length] ?? '';
    const agent = this.crowd.agentOf(id);
    if (agent.isWell(id)) {
      agent.breakService(id);
      if (isStubbornsTurn) this.brokenAtMs.set(id, performance.now());
    }
    if (this.steps % NONSENSE_EACH === 0) agent.sayNonsense();
    for (const [broken, atMs] of this.brokenAtMs) if (performance.now() - atMs > MENDED_AFTER_MS) this.mend(broken);
  }

  private mend(id: string): void {
    this.brokenAtMs.delete(id);
    const agent = this.crowd.agentOf(id);
    agent.mend(id);
    agent.beat();
  }
}
