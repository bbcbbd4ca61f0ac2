import type { StoredEvent } from '#libs/event-store';
import { ApprovalsService } from '../../src/healing/approval/approvals.service.ts';
import { ControlSwitch } from '../../src/healing/control/control-switch.service.ts';
import type { BeginFreeze } from '../../src/healing/policy/policy.decider.ts';
import { PoliciesService } from '../../src/healing/policy/policies.service.ts';
import type { ApprovalRequested, FixCommanded, VerdictReached } from '../../src/healing/saga/fix.events.ts';
import { UndosService } from '../../src/healing/undo/undos.service.ts';
import { selectRecorded } from '../../src/platform/log/domain-event.ts';
import { SWITCH_POOL } from '../builders/strategy-builder.ts';
import type { Orchestrator } from './orchestrator/orchestrator.ts';
import type { Mishap } from './plan.ts';
import type { World } from './world.ts';

const PERSON = 'person:ada';
const toIso = (ms: number): string => new Date(ms).toISOString();
const LOOK_MS = 5_000;
/** What is still under way can't be undone, and then it may be too late. */
const UNDO_TIMES = 12;
const RELAPSE_MS = 1_500;

/** Lets the mishaps of the plan happen, and persons do what persons do. */
export class Course {
  private readonly answered = new Set<string>();
  private relapses = 0;

  constructor(private readonly world: World) {}

  begin(): void {
    const { plan, scheduler, ground } = this.world;
    for (const { atMs, ...mishap } of plan.mishaps)
      scheduler.schedule(atMs, ground, () => {
        this.world.tell(ground, () => JSON.stringify(mishap));
        this.happen(mishap);
      });
    this.world.database.onAppended((events) => this.relapse(events));
    this.lookForApprovals();
  }

  private happen(mishap: Mishap): void {
    const { world } = this;
    const { database, readSide, bus, scheduler } = world;
    switch (mishap.what) {
      case 'break':
        return this.break(mishap);
      case 'kill-orchestrator':
        return world.killOrchestrator(mishap.who, mishap.forMs);
      case 'kill-agent': {
        const agent = world.agents[mishap.who];
        return agent && world.killAgent(agent.process, 'at any time', mishap.forMs);
      }
      case 'pause-orchestrator':
      case 'pause-agent': {
        const paused = mishap.what === 'pause-agent' ? world.agents[mishap.who] : world.orchestrators[mishap.who];
        return paused?.process.pauseUntil(Math.min(scheduler.nowMs + mishap.forMs, world.plan.calmFromMs));
      }
      case 'disconnect-orchestrator':
        return world.orchestrators[mishap.who]?.link.disconnect(mishap.forMs);
      case 'disconnect-agent':
        return world.agents[mishap.who]?.link.disconnect(mishap.forMs);
      case 'database-down':
        database.downUntilMs = Math.max(database.downUntilMs, scheduler.nowMs + mishap.forMs);
        return;
      case 'broker-power-cut':
        return bus.cutPower(mishap.forMs);
      case 'read-models-late':
        readSide.heldUntilMs = Math.max(readSide.heldUntilMs, scheduler.nowMs + mishap.forMs);
        return;
      case 'set-database-clock':
        database.clockOffsetMs += mishap.byMs;
        return;
      case 'set-agent-clock': {
        const agent = world.agents[mishap.who];
        if (agent !== undefined) agent.process.wallClockOffsetMs = mishap.byMs;
        return;
      }
      case 'stop':
        return this.stop(mishap);
      case 'freeze':
        return this.freeze(mishap);
      case 'late-commands':
        return bus.delayCommands(mishap.forMs, mishap.byMs);
      case 'undo-request':
        return this.requestUndo();
    }
  }

  private break({ service: index, kind, hasExited, forMs }: Mishap & { what: 'break' }): void {
    const { services, scheduler } = this.world;
    const service = services[index];
    if (service === undefined || service.fault?.kind === 'for-good') return;
    const endsByItself = kind === 'heals-itself' || kind === 'flapping';
    const untilMs = endsByItself ? scheduler.nowMs + forMs : Infinity;
    service.fault = { kind, hasExited: hasExited && kind !== 'until-other-pool', sinceMs: scheduler.nowMs, untilMs };
    if (kind === 'until-other-pool') service.pool = 'old';
  }

  /** Somebody asks one orchestrator that can be reached. */
  private ask(what: string, work: (orchestrator: Orchestrator) => Promise<unknown>): void {
    const { orchestrators, scheduler, random } = this.world;
    const reached = orchestrators.filter(({ process }) => process.isAlive);
    if (reached.length === 0) return;
    const orchestrator = random.pick(reached);
    scheduler.schedule(1, orchestrator.process, () => {
      work(orchestrator).catch((error: unknown) => this.world.noteProblem(orchestrator.process, `${what} is refused`, error));
    });
  }

  private stop({ scope: kind, service, forMs }: Mishap & { what: 'stop' }): void {
    const { plan, scheduler, ground } = this.world;
    const scope = kind === 'global' ? 'global' : (`service:${plan.services[service]?.id ?? ''}` as const);
    this.ask('a stop', async ({ container }) => {
      const control = container.get(ControlSwitch);
      control.stop({ scope, reason: 'trying it', actor: PERSON });
      await control.storePending();
    });
    const resume = (): void => {
      this.ask('to resume', ({ container }) => container.get(ControlSwitch).resume({ scope, reason: 'tried it', actor: PERSON }));
    };
    scheduler.schedule(forMs, ground, resume);
    // Whoever stopped something sees to it that it goes on.
    scheduler.schedule(Math.max(forMs, plan.calmFromMs - scheduler.nowMs) + LOOK_MS, ground, resume);
    scheduler.schedule(Math.max(forMs, plan.calmFromMs - scheduler.nowMs) + 3 * LOOK_MS, ground, resume);
  }

  private freeze({ service, forMs }: Mishap & { what: 'freeze' }): void {
    const { plan, database } = this.world;
    const nowMs = database.now().getTime();
    const [from, until] = [toIso(nowMs), toIso(nowMs + forMs)];
    const scope = `service:${plan.services[service]?.id ?? ''}` as const;
    const command: BeginFreeze = { type: 'BeginFreeze', freezeId: `freeze ${from}`, scope, from, until, reason: 'trying it' };
    this.ask('a freeze', ({ container }) => container.get(PoliciesService).apply(command, { actor: PERSON }));
  }

  /** Of what can be undone, if anything was done already; and once more where it had to be refused. */
  private requestUndo(times = UNDO_TIMES): void {
    const { database, random, scheduler, ground } = this.world;
    if (times === 0) return;
    const again = (): void => void scheduler.schedule(LOOK_MS, ground, () => this.requestUndo(times - 1));
    const commanded = selectRecorded<FixCommanded>(database.index.events, ['FixCommanded']);
    const reversible = commanded.filter(({ data }) => data.strategy === SWITCH_POOL.id);
    if (commanded.length === 0) return again();
    const { fix_id: fixId } = random.pick(reversible.length > 0 ? reversible : commanded).data;
    const who = { actor: PERSON, role: 'sre', reason: 'trying it' } as const;
    this.ask('an undo', ({ container }) =>
      container
        .get(UndosService)
        .request(fixId, who)
        .catch((error: unknown) => {
          again();
          throw error;
        }),
    );
  }

  /** What was just healed breaks again, before anybody has forgotten the last time. */
  private relapse(events: readonly StoredEvent[]): void {
    const { services, scheduler, ground, random, plan } = this.world;
    for (const { data } of selectRecorded<VerdictReached>(events, ['VerdictReached'])) {
      if (this.world.isSilent || data.verdict !== 'verified' || this.relapses >= plan.relapses) continue;
      this.relapses += 1;
      const service = services.findIndex(({ id }) => id === data.target);
      const again = { what: 'break', service, kind: 'until-restart', hasExited: true, forMs: 0 } as const;
      scheduler.schedule(random.below(RELAPSE_MS), ground, () => {
        if (this.world.isSilent) return;
        this.world.lastRelapseMs = scheduler.nowMs;
        this.happen(again);
      });
    }
  }

  /** What waits for persons is granted, refused, or left alone until its time is over. */
  private lookForApprovals(): void {
    const { database, scheduler, ground, random } = this.world;
    for (const { data } of selectRecorded<ApprovalRequested>(database.index.events, ['ApprovalRequested'])) {
      const { fix_id: fixId, action_sha256: actionSha256 } = data;
      if (this.answered.has(fixId)) continue;
      this.answered.add(fixId);
      const verdict = random.pick(['granted', 'granted', 'rejected', 'none'] as const);
      if (verdict === 'none') continue;
      const answer = { verdict, actionSha256, actor: PERSON, role: 'sre', reason: 'as asked' } as never;
      this.ask('an answer', ({ container }) => container.get(ApprovalsService).answer(fixId, answer));
    }
    scheduler.schedule(LOOK_MS, ground, () => this.lookForApprovals());
  }
}
