import { setTimeout as sleep } from 'node:timers/promises';
import { type Violation, waitUntil } from '#libs/testing';
import { checkInstallation } from '../installation/check-installation.ts';
import { LogWatch } from '../installation/log-watch.ts';
import { type AgentCourse, judgeStop, type StopOutcome } from './judge-stop.ts';
import type { ObedientAgent } from './obedient-agent.ts';
import { Stage, type StageOptions } from './stage.ts';

/** What is broken when a person stops everything. */
export interface Scenario {
  readonly name: string;
  readonly isNatsAway?: boolean;
  /** Before any agent takes a command. */
  readonly breakFirst?: (stage: Stage) => void;
  /** Right before the stop. */
  readonly breakIt?: (stage: Stage) => Promise<void>;
  /** After it, until everything is there again. */
  readonly mendIt?: (stage: Stage) => Promise<void>;
}

/** Heartbeats are older than an agent may act upon. */
const STALE_MS = 12_000;
const HAND_OVER_MS = 1_000;
const LOAD_PER_SECOND = 100;
const LOAD_GOES_ON_MS = 3_000;
/** A command expires half a minute after it was given. */
const PILES_UP_MS = 18_000;
const HALF_A_SECOND_MS = 500;
/** A little more than what is asked of it. */
const FAST_PER_SECOND = 210;
const AWAY_MS = 3_000;

const COMMANDED = `SELECT count(*) FROM events WHERE type = 'FixCommanded'`;
const KNOWN = `SELECT FROM events WHERE type = 'ServiceStateChanged' HAVING count(DISTINCT stream) >= $1`;

export const SCENARIOS: readonly Scenario[] = [
  { name: 'everything works' },
  {
    name: 'PostgreSQL is killed',
    breakIt: ({ installation }) => Promise.resolve(installation.servers.postgres.kill()),
    mendIt: async ({ installation }) => {
      await sleep(AWAY_MS);
      await installation.servers.postgres.restart();
    },
  },
  {
    name: 'NATS is killed',
    isNatsAway: true,
    breakIt: ({ installation }) => installation.servers.nats.kill(),
    mendIt: async ({ installation }) => {
      await sleep(AWAY_MS);
      await installation.servers.nats.restart();
    },
  },
  {
    name: 'an agent is cut off',
    breakFirst: (stage) => stage.partition(),
    mendIt: handOver,
  },
];

export interface StopPlan extends StageOptions {
  /** Commands that wait for the agents before they take any. */
  readonly pile: number;
  readonly say: (line: string) => void;
}

export interface StopRun {
  /** Agents that could be reached. */
  readonly reachable: StopOutcome;
  /** Agents that were cut off. */
  readonly apart: StopOutcome;
  /** Commands that were refused, by reason. */
  readonly refused: Readonly<Record<'reachable' | 'apart', Readonly<Record<string, number>>>>;
  readonly isStored: boolean;
  readonly violations: readonly Violation[];
}

/** Has services fail, stops everything in the middle of it, and tells what was done afterwards. */
export async function runStop(scenario: Scenario, plan: StopPlan): Promise<StopRun> {
  const stage = await Stage.open(plan);
  const log = new LogWatch(stage.installation.logUrl);
  try {
    await pileUp(stage, log, plan);
    scenario.breakFirst?.(stage);
    stage.release();
    await untilFlowing(stage, plan);
    const flowedUntilMs = performance.now();
    await scenario.breakIt?.(stage);
    const { askedAtMs, isStored } = await stage.stop();
    const mending = scenario.mendIt?.(stage);
    await sleep(LOAD_GOES_ON_MS);
    await stage.endLoad();
    await mending;
    await log.until(`SELECT FROM events WHERE type = 'HealingStopped'`, [], 60_000);
    await sleep(STALE_MS);
    const reachable = stage.agents.filter((agent) => !stage.partitioned.includes(agent));
    const ledgers = stage.agents.map(({ ledger }) => ledger);
    const options = { quiescent: true, readThrough: await log.awaitReaders() };
    const moments = { flowedUntilMs, askedAtMs };
    const groups = { reachable, apart: stage.partitioned };
    return {
      reachable: judgeStop({ ...moments, agents: groups.reachable.map(toCourse) }),
      apart: judgeStop({ ...moments, agents: groups.apart.map(toCourse) }),
      refused: { reachable: countRefused(groups.reachable), apart: countRefused(groups.apart) },
      isStored,
      violations: await checkInstallation(stage.installation, { ledgers, options }),
    };
  } finally {
    await log.close();
    await stage.close();
  }
}

const toCourse = ({ effects, stoppedAtMs }: ObedientAgent): AgentCourse => ({
  effectsAtMs: effects.map(({ atMs }) => atMs),
  stoppedAtMs,
});

function countRefused(agents: readonly ObedientAgent[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { refused } of agents) for (const [code, count] of refused) counts[code] = (counts[code] ?? 0) + count;
  return counts;
}

/** Has services fail until enough commands wait for the agents: however slow a machine decides, they then flow as fast as is wanted. */
async function pileUp(stage: Stage, log: LogWatch, { pile, services, say }: StopPlan): Promise<void> {
  await log.until(KNOWN, [stage.agents.length * services], 120_000);
  stage.beginLoad(LOAD_PER_SECOND);
  await waitUntil(async () => (await log.count(COMMANDED)) > 0, { withinMs: 60_000 });
  const endAtMs = performance.now() + PILES_UP_MS;
  await waitUntil(async () => performance.now() > endAtMs || (await log.count(COMMANDED)) >= pile);
  say(`${await log.count(COMMANDED)} commands wait`);
}

/** Until they are carried out as fast as is wanted, or half of them were: there must be something left to stop. */
async function untilFlowing({ agents }: Stage, { pile }: StopPlan): Promise<void> {
  const count = (sinceMs: number): number =>
    agents.reduce((sum, { effects }) => sum + effects.filter(({ atMs }) => atMs > sinceMs).length, 0);
  const isFast = (): boolean => count(performance.now() - HALF_A_SECOND_MS) >= FAST_PER_SECOND / 2;
  await waitUntil(() => isFast() || count(0) >= pile / 2);
}

/** Hands the commands that agents didn't get to them, one after the other, until long after nobody is heard any more. */
async function handOver({ captured }: Stage): Promise<void> {
  const endAtMs = performance.now() + STALE_MS;
  for (; performance.now() < endAtMs; await sleep(HAND_OVER_MS))
    for (const [agent, messages] of captured) {
      const next = messages.shift();
      if (next !== undefined) await agent.take(next);
    }
}
