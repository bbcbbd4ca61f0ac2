import { readAgentLedger, type Violation } from '#libs/testing';
import { secretOf } from '../agents/planted-secret.ts';
import { countRedacted, type RedactedEvents } from '../agents/redacted-events.ts';
import { checkInstallation } from '../installation/check-installation.ts';
import { LogWatch } from '../installation/log-watch.ts';
import { readHostLedger } from '../outages/host-ledger.ts';
import { killService } from '../outages/reporter.ts';
import { judgeStarts, readServiceStarts } from '../outages/service-starts.ts';
import { type CalamityName, planChaos } from './chaos-plan.ts';
import { ServiceFaults } from './service-faults.ts';
import { Stage } from './stage.ts';
import { awaitRest, becomesQuiet, type Quiet } from './quiet.ts';
import { Turmoil } from './turmoil.ts';

export interface ChaosPlan {
  readonly minutes: number;
  readonly reportsPerSecond: number;
  readonly replicas: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}

export interface ChaosRun extends Quiet {
  readonly befallen: ReadonlyMap<CalamityName, number>;
  /** Of those that were planned. */
  readonly befallenShare: number;
  readonly endedByThemselves: number;
  /** Reports that agents took in. */
  readonly taken: number;
  /** Services that failed and had worked before. */
  readonly failed: number;
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
  readonly quarantined: number;
  /** A service that fails when all is over is healed. */
  readonly healsAfterwards: boolean;
  readonly violations: readonly Violation[];
}

const LOOK_EVERY_MS = 1_000;
const HEALED_WITHIN_MS = 90_000;

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
    const suffered = await suffer(stage, turmoil, plan);
    return { ...suffered.course, ...(await look(stage, log, { turmoil, faultAtMs: suffered.lastFaultAtMs })) };
  } finally {
    turmoil.stop();
    await log.close();
    await stage.close();
  }
}

type Suffered = Pick<ChaosRun, 'befallen' | 'befallenShare' | 'failed' | 'mended'>;

/** Until the time is over; services fail meanwhile. */
async function suffer(
  stage: Stage,
  turmoil: Turmoil,
  { minutes, seed, say }: ChaosPlan,
): Promise<{ course: Suffered; lastFaultAtMs: number }> {
  const faults = new ServiceFaults(stage, turmoil);
  const plan = planChaos({ minutes, seed });
  const telling = setInterval(() => say([...turmoil.befallen].map(([name, times]) => `${name} ${times}`).join(', ')), 60_000);
  try {
    await turmoil.run(plan, minutes * 60_000);
  } finally {
    clearInterval(telling);
    await faults.stop();
  }
  const { befallen, times } = turmoil;
  return {
    course: { befallen, befallenShare: times / plan.length, failed: faults.failed, mended: faults.mended },
    lastFaultAtMs: Math.max(turmoil.overAtMs, faults.lastAtMs),
  };
}

async function look(
  stage: Stage,
  log: LogWatch,
  { turmoil, faultAtMs }: { turmoil: Turmoil; faultAtMs: number },
): Promise<Omit<ChaosRun, keyof Suffered>> {
  const { installation, agents, reporters, keepers } = stage;
  for (const { program } of reporters) process.kill(program.pid, 'SIGUSR2');
  const quiet = await becomesQuiet(log, reporters, faultAtMs);
  const healsAfterwards = await healsService(stage, log);
  turmoil.stop();
  await Promise.all(agents.map(({ program }) => program.stop()));
  const readThrough = await awaitRest(log);
  const own = reporters.map(readHostLedger);
  const ledgers = [...own, ...keepers.map(({ stateDir, agentId }) => readAgentLedger(stateDir, agentId))];
  const started = agents.flatMap(readServiceStarts);
  const secrets = agents.map(({ agentId }) => secretOf(agentId));
  const options = { quiescent: true, readThrough, secrets };
  const [row] = await log.query<Record<'commands' | 'healed' | 'escalated' | 'letters', string>>(COUNTS);
  return {
    ...quiet,
    endedByThemselves: turmoil.endedByThemselves.length,
    taken: own.flatMap(({ reports = [] }) => reports).filter(({ receipted }) => receipted).length,
    commands: Number(row?.commands),
    starts: started.reduce((sum, { starts }) => sum + starts, 0),
    redacted: await countRedacted(log),
    healed: Number(row?.healed),
    escalated: Number(row?.escalated),
    deadLetters: Number(row?.letters),
    quarantined: await log.countQuarantined(),
    reasons: await countReasons(log),
    healsAfterwards,
    violations: [...(await checkInstallation(installation, { ledgers, options })), ...judgeStarts(started)],
  };
}

async function countReasons(log: LogWatch): Promise<Record<string, number>> {
  const rows = await log.query<{ reason: string; count: string }>(REASONS);
  return Object.fromEntries(rows.map(({ reason, count }) => [reason, Number(count)]));
}

async function healsService({ spared }: Stage, log: LogWatch): Promise<boolean> {
  const head = await log.readHead();
  killService(spared);
  return log.until(RESOLVED, [spared.id, head], HEALED_WITHIN_MS, LOOK_EVERY_MS).then(
    () => true,
    () => false,
  );
}
