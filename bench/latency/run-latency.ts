import { everyCommandSubject } from '#libs/contracts';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { RAISED_LIMITS } from '../agents/raised-limits.ts';
import { Crowd } from '../crowd/crowd.ts';
import { LogWatch } from '../installation/log-watch.ts';
import { BareRound } from './bare-round.ts';
import { computeStages, type Course, type Stages } from './stages.ts';

export interface LatencyPlan {
  readonly targets: number;
  readonly perSecond: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
  readonly say: (line: string) => void;
}

export interface LatencyRun {
  /** Of the incidents that were measured, how many came to a command. */
  readonly incidents: number;
  readonly commanded: number;
  /** How many were reported each second, in fact. */
  readonly perSecond: number;
  readonly stages: Stages;
  readonly trips: readonly number[];
  readonly commits: readonly number[];
}

const LEAST_AGENTS = 100;
/** A heartbeat speaks of no more services. */
const MOST_SERVICES = 100;
const TICK_MS = 5;
const BARE_EVERY_MS = 50;
const LAST_COMMANDS_MS = 10_000;
const STORED = `SELECT payload::jsonb->>'target' AS target, type, extract(epoch FROM recorded_at) * 1000 AS at FROM events
  WHERE type IN ('ErrorReported', 'IncidentOpened', 'FixCommanded') ORDER BY position`;

const HEAD = 'SELECT head_position FROM lanes WHERE lane = 0';
const ALL_SPOKEN_OF = `SELECT WHERE (SELECT count(*) FROM events WHERE type = 'ServiceStateChanged')
  >= (SELECT count(*) FROM events WHERE type = 'ServiceRegistered')`;
const READ_THROUGH = 'SELECT WHERE NOT EXISTS (SELECT FROM checkpoints WHERE position < $1)';
const WITHIN_MS = 240_000;

const CommandSchema = z.object({ target: z.object({ service_id: z.string() }) });
const nowMs = (): number => performance.timeOrigin + performance.now();

/** Services fail at an even pace, each once; bare rounds are taken in between, all the time. */
export async function runLatency(plan: LatencyPlan): Promise<LatencyRun> {
  const courses = new Map<string, Course>();
  const crowd = await Crowd.open({
    agents: listAgents(plan.targets),
    // Their work takes longer than the measurement: what comes after a command is another load.
    behave: (agent, command, takenAtMs) => {
      const course = courses.get(command.target.service_id);
      if (course !== undefined) course.atAgent ??= takenAtMs;
      agent.say(command, 'acknowledged');
    },
    limits: RAISED_LIMITS,
  });
  const log = new LogWatch(crowd.installation.logUrl);
  const bare = await BareRound.open(crowd.installation);
  try {
    plan.say(`${plan.targets} targets of ${crowd.agents.length} agents are there`);
    await watchCommands(crowd, courses);
    await log.until(ALL_SPOKEN_OF, [], WITHIN_MS, 1_000);
    const { head_position: head } = await log.until<{ head_position: string }>(HEAD, [], WITHIN_MS);
    await log.until(READ_THROUGH, [head], WITHIN_MS, 1_000);
    plan.say('everybody knows that they are well');
    const order = takeInTurn(crowd.agents.map(({ serviceIds }) => serviceIds));
    const measuredFrom = plan.perSecond * plan.warmUpSeconds;
    const begunAt = nowMs();
    await reportAll(crowd, bare, { ...plan, order, courses });
    const perSecond = courses.size / ((nowMs() - begunAt) / 1_000);
    plan.say('all are reported');
    await sleep(LAST_COMMANDS_MS);
    for (const { target, type, at } of await log.query<{ target: string; type: string; at: string }>(STORED))
      noteStored(courses.get(target), type, Number(at));
    const measured = [...courses.values()].slice(measuredFrom);
    const skipped = Math.round((plan.warmUpSeconds * 1_000) / BARE_EVERY_MS);
    return {
      incidents: measured.length,
      commanded: measured.filter(({ atAgent }) => atAgent !== undefined).length,
      perSecond,
      stages: computeStages(measured),
      trips: bare.trips.slice(Math.min(skipped, bare.trips.length / 2)),
      commits: bare.commits.slice(Math.min(skipped, bare.commits.length / 2)),
    };
  } finally {
    await bare.close();
    await log.close();
    await crowd.close();
  }
}

function listAgents(targets: number): Map<string, string[]> {
  const agents = Math.max(LEAST_AGENTS, Math.ceil(targets / MOST_SERVICES));
  const each = Math.ceil(targets / agents);
  const services = (agent: number): string[] =>
    Array.from({ length: Math.max(0, Math.min(each, targets - agent * each)) }, (_, n) => `service-${agent}-${n}`);
  return new Map(Array.from({ length: agents }, (_, agent) => [`crowd-${agent}`, services(agent)]));
}

/** One of each agent, and another one of each. */
function takeInTurn(groups: readonly (readonly string[])[]): string[] {
  const most = Math.max(...groups.map(({ length }) => length));
  return Array.from({ length: most }, (_, n) => groups.flatMap((ids) => ids.slice(n, n + 1))).flat();
}

function noteStored(course: Course | undefined, type: string, atMs: number): void {
  if (course === undefined) return;
  if (type === 'ErrorReported') course.stored ??= atMs;
  if (type === 'IncidentOpened') course.opened ??= atMs;
  if (type === 'FixCommanded') course.commanded ??= atMs;
}

/** Who only listens hears a command when it is published; the agent, when it has pulled it from the stream. */
async function watchCommands({ installation: { servers } }: Crowd, courses: ReadonlyMap<string, Course>): Promise<void> {
  const listening = await servers.nats.connectRaw('administrator');
  listening.subscribe(everyCommandSubject(servers.tenant), {
    callback: (_error, message) => {
      const { target } = CommandSchema.parse(message.json());
      const course = courses.get(target.service_id);
      if (course !== undefined) course.published ??= nowMs();
    },
  });
  await listening.flush();
}

async function reportAll(
  crowd: Crowd,
  bare: BareRound,
  plan: LatencyPlan & { order: readonly string[]; courses: Map<string, Course> },
): Promise<void> {
  const count = Math.min(plan.order.length, plan.perSecond * (plan.warmUpSeconds + plan.seconds));
  let isReporting = true;
  const rounds = (async () => {
    while (isReporting) await Promise.all([bare.take(), sleep(BARE_EVERY_MS)]);
  })();
  const begunAt = performance.now();
  while (plan.courses.size < count) {
    const due = Math.min(count, Math.ceil(((performance.now() - begunAt) / 1_000) * plan.perSecond));
    for (const id of plan.order.slice(plan.courses.size, due)) plan.courses.set(id, { sent: crowd.agentOf(id).breakService(id) });
    await sleep(TICK_MS);
  }
  isReporting = false;
  await rounds;
}
