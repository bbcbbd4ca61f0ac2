import { Random, type Violation, waitUntil } from '#libs/testing';
import { readProcessorMs } from '../fuzz/vital-signs.ts';
import { checkInstallation } from '../installation/check-installation.ts';
import { LogWatch } from '../installation/log-watch.ts';
import { type FaultPlan, spreadFaults } from './faults.ts';
import { countOverlaps, countStaleActions, countStaleDeliveries, type FixLives, judgeFixLives } from './judge-replicas.ts';
import { LogFollower } from './log-follower.ts';
import { Stage, type StageOptions } from './stage.ts';
import { disturb, type Unrest } from './unrest.ts';

export interface ReplicasPlan extends StageOptions, FaultPlan {
  /** The longest pause; without one nothing happens to orchestrators. */
  readonly longestPauseMs: number;
  readonly say: (line: string) => void;
}

export interface ReplicasRun {
  readonly lives: FixLives;
  readonly overlaps: number;
  readonly staleDeliveries: number;
  readonly staleActions: number;
  readonly deliveries: number;
  readonly repeatedDeliveries: number;
  readonly actions: number;
  readonly unreceipted: number;
  readonly sentAgain: number;
  /** Faults that came to no end of their own. */
  readonly givenUp: number;
  readonly quarantined: number;
  readonly escalations: readonly Escalations[];
  readonly unrest: readonly Unrest[];
  /** What it took, where no orchestrator was ended meanwhile. */
  readonly cost: Cost | undefined;
  readonly events: number;
  readonly violations: readonly Violation[];
}

interface Escalations {
  readonly reason: string;
  readonly count: number;
}

export interface Cost {
  readonly seconds: number;
  /** Processor time of all orchestrators. */
  readonly orchestratorsMs: number;
  readonly commits: number;
  readonly rollbacks: number;
}

const COMMITS =
  'SELECT xact_commit AS commits, xact_rollback AS rollbacks FROM pg_stat_database WHERE datname = current_database()';
const ESCALATIONS = `SELECT payload::jsonb->>'reason_code' AS reason, count(*)::int AS count FROM events
  WHERE type IN ('FixEscalated', 'FixWithdrawn', 'IncidentEscalated') GROUP BY 1 ORDER BY 2 DESC`;
/** What waits for a timer has time for it, and what waits for a person is mended by then. */
const OVER_WITHIN_MS = 180_000;

/** Has many services fail while orchestrators are paused, killed and stopped, and tells what was done twice, or not at all. */
export async function runReplicas(plan: ReplicasPlan): Promise<ReplicasRun> {
  const stage = await Stage.open(plan);
  const log = new LogWatch(stage.installation.logUrl);
  const follower = new LogFollower(log);
  try {
    plan.say(`${plan.replicas} orchestrators and ${plan.targets} services are there`);
    const measureCost = await beginCost(stage, log);
    const [{ givenUp }, unrest] = await disturbWhile(stage, plan, () => spreadFaults(stage, follower, plan));
    for (const agent of stage.agents) agent.mendAll();
    plan.say('no more faults');
    await waitUntil(() => countUnreceipted(stage) === 0, { withinMs: OVER_WITHIN_MS, everyMs: 250 }).catch(() => undefined);
    await log.awaitFixes(OVER_WITHIN_MS);
    const cost = plan.longestPauseMs === 0 ? await measureCost() : undefined;
    const { events, violations } = await check(stage, log);
    await follower.stop();
    const ends = { escalations: await log.query<Escalations>(ESCALATIONS), quarantined: await log.countQuarantined() };
    return { ...judge(stage, follower), ...ends, givenUp, unrest, cost, events, violations };
  } finally {
    await follower.stop().catch(() => undefined);
    await log.close();
    await stage.close();
  }
}

/** What fails of it fails the work, which would wait for orchestrators that are gone. */
async function disturbWhile<T>(
  { installation }: Stage,
  plan: ReplicasPlan,
  work: () => Promise<T>,
): Promise<[T, readonly Unrest[]]> {
  const { seed, longestPauseMs } = plan;
  const stopping = new AbortController();
  const disturbed = longestPauseMs === 0 ? [] : installation.orchestrators;
  const unrest = disturbed.map((program, n) =>
    disturb(program, { random: Random.of(seed, `orchestrator ${n}`), longestPauseMs, signal: stopping.signal }),
  );
  const failed = new Promise<never>((_, reject) => {
    for (const each of unrest) each.catch(reject);
  });
  try {
    const done = await Promise.race([work(), failed]);
    stopping.abort();
    return [done, await Promise.all(unrest)];
  } finally {
    stopping.abort();
    await Promise.allSettled(unrest);
  }
}

type Judged = Omit<ReplicasRun, 'escalations' | 'quarantined' | 'givenUp' | 'unrest' | 'cost' | 'events' | 'violations'>;

const countUnreceipted = ({ agents }: Stage): number => agents.reduce((sum, { reports }) => sum + reports.unreceipted, 0);

function judge(stage: Stage, { moments }: LogFollower): Judged {
  const { agents } = stage;
  const actions = agents.flatMap((agent) => agent.actions);
  const deliveries = agents.flatMap((agent) => agent.deliveries);
  return {
    lives: judgeFixLives(moments),
    overlaps: countOverlaps(actions),
    staleDeliveries: countStaleDeliveries(deliveries),
    staleActions: countStaleActions(actions),
    deliveries: deliveries.length,
    repeatedDeliveries: deliveries.filter(({ isRepeated }) => isRepeated).length,
    actions: actions.length,
    unreceipted: countUnreceipted(stage),
    sentAgain: stage.agents.reduce((sum, { reports }) => sum + reports.sentAgain, 0),
  };
}

async function beginCost({ installation }: Stage, log: LogWatch): Promise<() => Promise<Cost>> {
  const read = async (): Promise<{ orchestratorsMs: number; commits: number; rollbacks: number }> => {
    const [row] = await log.query<{ commits: string; rollbacks: string }>(COMMITS);
    const used = installation.orchestrators.map(({ pid }) => readProcessorMs(pid));
    return {
      orchestratorsMs: used.reduce((sum, ms) => sum + ms, 0),
      commits: Number(row?.commits),
      rollbacks: Number(row?.rollbacks),
    };
  };
  const [before, beganAtMs] = [await read(), performance.now()];
  return async () => {
    const after = await read();
    return {
      seconds: (performance.now() - beganAtMs) / 1_000,
      orchestratorsMs: after.orchestratorsMs - before.orchestratorsMs,
      commits: after.commits - before.commits,
      rollbacks: after.rollbacks - before.rollbacks,
    };
  };
}

async function check({ installation, agents }: Stage, log: LogWatch): Promise<Pick<ReplicasRun, 'events' | 'violations'>> {
  const head = await log.awaitReaders();
  const ledgers = agents.map(({ ledger }) => ledger);
  const options = { everyReport: true, everyFixEnded: true, readThrough: head };
  return { events: head, violations: await checkInstallation(installation, { ledgers, options }) };
}
