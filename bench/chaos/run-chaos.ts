import { setTimeout as sleep } from 'node:timers/promises';
import { checkStoredLog, readAgentLedger, type Violation, waitUntil } from '#libs/testing';
import { secretOf } from '../agents/planted-secret.ts';
import { countRedacted, type RedactedEvents } from '../agents/redacted-events.ts';
import { checkReadModels } from '../installation/check-installation.ts';
import { LogWatch } from '../installation/log-watch.ts';
import { readHostLedger } from '../outages/host-ledger.ts';
import { killService } from '../outages/reporter.ts';
import { judgeStarts, readServiceStarts } from '../outages/service-starts.ts';
import { type CalamityName, planChaos } from './chaos-plan.ts';
import { ServiceFaults } from './service-faults.ts';
import { Stage } from './stage.ts';
import { Turmoil } from './turmoil.ts';

export interface ChaosPlan {
  readonly minutes: number;
  readonly reportsPerSecond: number;
  readonly replicas: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}

export interface ChaosRun {
  readonly befallen: ReadonlyMap<CalamityName, number>;
  readonly endedByThemselves: number;
  /** Reports that agents took in. */
  readonly taken: number;
  readonly commands: number;
  /** Of services, by their own word. */
  readonly starts: number;
  readonly redacted: RedactedEvents;
  readonly healed: number;
  readonly escalated: number;
  /** Why fixes were given up, and how often a person had to start an agent anew after that. */
  readonly reasons: Readonly<Record<string, number>>;
  readonly mended: number;
  readonly deadLetters: number;
  /** From the last calamity until nothing was left to do, in seconds. */
  readonly quietAfter: number | undefined;
  /** A service that fails when all is over is healed. */
  readonly healsAfterwards: boolean;
  readonly violations: readonly Violation[];
}

/** The outbox sends again 30 s after an acknowledgement that no receipt followed, then 60 s after that. */
const QUIET_WITHIN_MS = 240_000;
const LOOK_EVERY_MS = 1_000;
const HEALED_WITHIN_MS = 90_000;

const STORED = "SELECT count(*) FROM events WHERE type = 'ErrorReported' AND stream = $1";
/** Somebody is behind, or a fix goes on within seconds. */
const BUSY = `SELECT FROM checkpoints, lanes WHERE position < head_position - 20 AND lane = 0
  UNION ALL SELECT FROM projection_generations, lanes WHERE state = 'live' AND position < head_position - 20 AND lane = 0
  UNION ALL SELECT FROM fix_timers WHERE due_at < now() + interval '15 seconds'`;
const RESOLVED = `SELECT FROM events ended JOIN events opened ON opened.type = 'IncidentOpened' AND opened.position > $2
    AND opened.payload::jsonb->>'incident_id' = ended.payload::jsonb->>'incident_id'
  WHERE ended.type = 'IncidentResolved' AND opened.payload::jsonb->>'target' = $1`;
const COUNTS = `SELECT count(*) FILTER (WHERE type = 'FixCommanded') AS commands, count(*) FILTER (WHERE type = 'FixHealed') AS healed,
  count(*) FILTER (WHERE type = 'FixEscalated') AS escalated, count(*) FILTER (WHERE type = 'MessageDeadLettered') AS letters FROM events`;

const REASONS = "SELECT payload::jsonb->>'reason_code' AS reason, count(*) FROM events WHERE type = 'FixEscalated' GROUP BY 1";

/** Everything is killed, paused and cut at random while services fail and agents report; then the log is judged. */
export async function runChaos(plan: ChaosPlan): Promise<ChaosRun> {
  const stage = await Stage.open(plan);
  const log = new LogWatch(stage.installation.logUrl);
  const turmoil = new Turmoil(stage);
  try {
    plan.say(`${plan.replicas} orchestrators and ${stage.agents.length} agents are there`);
    const mended = await suffer(stage, turmoil, plan);
    return { mended, ...(await look(stage, log, turmoil)) };
  } finally {
    turmoil.stop();
    await log.close();
    await stage.close();
  }
}

/** Until the time is over; services fail meanwhile. Tells how often a person had to step in. */
async function suffer(stage: Stage, turmoil: Turmoil, { minutes, seed, say }: ChaosPlan): Promise<number> {
  const faults = new ServiceFaults(stage, turmoil);
  const telling = setInterval(() => say([...turmoil.befallen].map(([name, times]) => `${name} ${times}`).join(', ')), 60_000);
  try {
    await turmoil.run(planChaos({ minutes, seed }), minutes * 60_000);
  } finally {
    clearInterval(telling);
    await faults.stop();
  }
  return faults.mended;
}

async function look(stage: Stage, log: LogWatch, turmoil: Turmoil): Promise<Omit<ChaosRun, 'mended'>> {
  const { installation, agents, reporters, keepers } = stage;
  const overAtMs = performance.now();
  for (const { program } of reporters) process.kill(program.pid, 'SIGUSR2');
  const isQuiet = await becomesQuiet(stage, log);
  const quietAfter = isQuiet ? (performance.now() - overAtMs) / 1_000 : undefined;
  const healsAfterwards = await healsService(stage, log);
  turmoil.stop();
  await Promise.all(agents.map(({ program }) => program.stop()));
  await sleep(LOOK_EVERY_MS);
  const head = await log.readHead();
  await log.until(`SELECT WHERE NOT EXISTS (${BUSY})`, [], 60_000, LOOK_EVERY_MS).catch(() => undefined);
  const own = reporters.map(readHostLedger);
  const ledgers = [...own, ...keepers.map(({ stateDir, agentId }) => readAgentLedger(stateDir, agentId))];
  const started = agents.flatMap(readServiceStarts);
  const secrets = agents.map(({ agentId }) => secretOf(agentId));
  const options = { quiescent: true, readThrough: head - 20, secrets };
  const violations = [
    ...(await checkStoredLog(installation.logUrl, { ledgers, options })),
    ...(await checkReadModels(installation)),
    ...judgeStarts(started),
  ];
  const [row] = await log.query<Record<'commands' | 'healed' | 'escalated' | 'letters', string>>(COUNTS);
  return {
    befallen: turmoil.befallen,
    endedByThemselves: turmoil.endedByThemselves,
    taken: own.flatMap(({ reports = [] }) => reports).filter(({ receipted }) => receipted).length,
    commands: Number(row?.commands),
    starts: started.reduce((sum, { starts }) => sum + starts, 0),
    redacted: await countRedacted(log),
    healed: Number(row?.healed),
    escalated: Number(row?.escalated),
    deadLetters: Number(row?.letters),
    reasons: await countReasons(log),
    quietAfter,
    healsAfterwards,
    violations,
  };
}

async function countReasons(log: LogWatch): Promise<Record<string, number>> {
  const rows = await log.query<{ reason: string; count: string }>(REASONS);
  return Object.fromEntries(rows.map(({ reason, count }) => [reason, Number(count)]));
}

/** All that was taken in is stored, every reader has read it, and no fix is about to go on. */
async function becomesQuiet({ reporters }: Stage, log: LogWatch): Promise<boolean> {
  const taken = reporters.map(({ agentId, ledger }) => ({ agentId, count: new Set(ledger.read('taken')).size }));
  const isOver = async (): Promise<boolean> => {
    const stored = await Promise.all(taken.map(({ agentId }) => log.count(STORED, [`report-${agentId}`])));
    const isStored = taken.every(({ count }, index) => (stored[index] ?? 0) >= count);
    return isStored && (await log.query(BUSY)).length === 0;
  };
  return waitUntil(() => isOver().catch(() => false), { withinMs: QUIET_WITHIN_MS, everyMs: LOOK_EVERY_MS }).then(
    () => true,
    () => false,
  );
}

async function healsService({ spared }: Stage, log: LogWatch): Promise<boolean> {
  const head = await log.readHead();
  killService(spared);
  return log.until(RESOLVED, [spared.id, head], HEALED_WITHIN_MS, LOOK_EVERY_MS).then(
    () => true,
    () => false,
  );
}
