import { setTimeout as sleep } from 'node:timers/promises';
import { type Violation, waitUntil } from '#libs/testing';
import { HealthBoard } from '../agents/health-board.ts';
import { writeCatalogue } from '../agents/write-catalogue.ts';
import { VitalSigns } from '../fuzz/vital-signs.ts';
import { checkInstallation } from '../installation/check-installation.ts';
import { Installation } from '../installation/installation.ts';
import { LogWatch } from '../installation/log-watch.ts';
import { BystanderProcess } from './bystander-process.ts';
import { useUpWal } from './used-wal.ts';
import { LagWatch } from './lag-watch.ts';
import { FloodAgent, type FloodAgentOptions } from './flood-agent.ts';

export interface FloodPlan {
  /** Equal errors in all. */
  readonly errors: number;
  /** Reports by which the rate of the intake is found out before. */
  readonly warmUp: number;
  /** In which others are watched before, in seconds. */
  readonly quietSeconds: number;
  readonly say: (line: string) => void;
}

export interface FloodRun {
  readonly intakePerSecond: number;
  /** How far what decisions read was behind the log, at most, while the intake went as fast as it can. */
  readonly intakeLagMs: number;
  readonly floodPerSecond: number;
  readonly incidents: number;
  readonly commands: number;
  /** As the read model counts them. */
  readonly counted: number;
  readonly stored: number;
  readonly receipted: number;
  /** Of receipts of others, in milliseconds. */
  readonly quietP99: number;
  readonly floodP99: number;
  readonly quietP50: number;
  readonly floodP50: number;
  /** Of how many receipts these are. */
  readonly quietCount: number;
  readonly floodCount: number;
  readonly bystanderStored: number;
  readonly bystanderReported: number;
  readonly peakMiB: number;
  readonly violations: readonly Violation[];
}

const [FLOODED, WARM_UP, BYSTANDER] = ['flooded', 'warm-up', 'bystander'] as const;
/** The service by which the rate of the intake is found out is restarted too, and of three a tenth is one. */
const LIMITS = { blast_radius_share: 1 };
/** Of each report in the log, its read models and their indexes; more than it is. */
const WAL_BYTES_PER_REPORT = 3_000;
const LEAST_WAL_MIB = 128;
const MIB = 1_048_576;
/** Half of what the intake can take. */
const SHARE = 0.5;
const WITHIN_MS = 900_000;
/** What waits for a timer has time for it. */
const OVER_WITHIN_MS = 120_000;
const FOUND = `SELECT
  (SELECT count(*) FROM events WHERE type = 'IncidentOpened' AND payload::jsonb->>'target' = $1) AS incidents,
  (SELECT count(*) FROM events WHERE type = 'FixCommanded' AND payload::jsonb->>'target' = $1) AS commands,
  (SELECT sum(count) FROM incidents WHERE service = $1) AS counted,
  (SELECT count(*) FROM events WHERE stream = $2 AND type = 'ErrorReported') AS stored,
  (SELECT version FROM stream_heads WHERE stream = $3) AS bystander`;

const agentOf = (serviceId: string): string => `${serviceId}-agent`;

/** One service reports the same error over and over, at half the rate that the intake can take, while another agent goes on as before. */
export async function runFlood(plan: FloodPlan): Promise<FloodRun> {
  const board = await HealthBoard.open();
  const ids = [FLOODED, WARM_UP, BYSTANDER];
  const installation = await Installation.start({
    agents: ids.map((id) => ({ agentClass: 'service' as const, agentId: agentOf(id) })),
    writeCatalogue: ({ dir }) =>
      writeCatalogue(dir, board, { owners: new Map(ids.map((id) => [agentOf(id), [id]])), limits: LIMITS }),
  });
  const log = new LogWatch(installation.logUrl);
  try {
    return await flood(plan, installation, log);
  } finally {
    await log.close();
    await installation.stop();
    await board.close();
  }
}

async function flood(
  { errors, warmUp, quietSeconds, say }: FloodPlan,
  installation: Installation,
  log: LogWatch,
): Promise<FloodRun> {
  const [warm, flooding] = [
    await FloodAgent.start(placeOf(installation, WARM_UP)),
    await FloodAgent.start(placeOf(installation, FLOODED)),
  ];
  const walMib = LEAST_WAL_MIB + ((errors + warmUp) * WAL_BYTES_PER_REPORT) / MIB;
  await useUpWal(installation.servers.postgres.urls.superuserUrl, Math.ceil(walMib));
  const bystander = await BystanderProcess.start(placeOf(installation, BYSTANDER));
  const vitals = new VitalSigns(installation.url, installation.orchestrator.pid);
  const lag = new LagWatch(log);
  try {
    const intakePerSecond = await measureIntake(warm, warmUp);
    const intakeLagMs = await lag.end();
    say(`the intake takes ${Math.round(intakePerSecond)} reports a second`);
    await log.awaitReaders();
    const quietFrom = await bystander.countReported();
    await sleep(quietSeconds * 1_000);
    const before = await bystander.countReported();
    const perSecond = intakePerSecond * SHARE;
    say(`now ${errors} equal errors, ${Math.round(perSecond)} a second`);
    const beganAtMs = performance.now();
    await flooding.flood(errors, perSecond);
    const floodPerSecond = errors / ((performance.now() - beganAtMs) / 1_000);
    const others = await bystander.end(WITHIN_MS);
    await waitUntil(() => flooding.receipted === errors, { withinMs: WITHIN_MS, everyMs: 100 }).catch(() => undefined);
    await vitals.stop();
    const found = await count(log);
    await log.awaitFixes(OVER_WITHIN_MS);
    const options = { everyReport: true, everyFixEnded: true, readThrough: await log.awaitReaders() };
    const ledgers = [warm.ledger, flooding.ledger, others.ledger];
    const [quiet, flooded] = [sort(others.timesMs.slice(quietFrom, before)), sort(others.timesMs.slice(before))];
    return {
      intakePerSecond,
      intakeLagMs,
      floodPerSecond,
      ...found,
      receipted: flooding.receipted,
      quietP50: percentile(quiet, 0.5),
      floodP50: percentile(flooded, 0.5),
      quietP99: percentile(quiet, 0.99),
      floodP99: percentile(flooded, 0.99),
      quietCount: quiet.length,
      floodCount: flooded.length,
      bystanderReported: others.timesMs.length,
      peakMiB: Math.max(...vitals.signs.map(({ residentMiB }) => residentMiB)),
      violations: await checkInstallation(installation, { ledgers, options }),
    };
  } finally {
    await Promise.all([vitals.stop(), lag.end()]);
    bystander.stop();
    await Promise.all([warm.stop(), flooding.stop()]);
  }
}

function placeOf({ servers: { nats, tenant } }: Installation, serviceId: string): FloodAgentOptions {
  const agentId = agentOf(serviceId);
  return { natsUrl: nats.url, nkeySeed: nats.seed(agentId), address: { tenant, agentClass: 'service', agentId }, serviceId };
}

/** As fast as they can be sent: from the first one until the last one has its receipt. */
async function measureIntake(agent: FloodAgent, reports: number): Promise<number> {
  const beganAtMs = performance.now();
  await agent.flood(reports);
  await waitUntil(() => agent.receipted === reports, { withinMs: WITHIN_MS, everyMs: 5 });
  return reports / ((performance.now() - beganAtMs) / 1_000);
}

async function count(
  log: LogWatch,
): Promise<Pick<FloodRun, 'incidents' | 'commands' | 'counted' | 'stored' | 'bystanderStored'>> {
  // Reports that follow each other closely are counted into their incident every ten seconds.
  let row: Record<string, string | null> | undefined;
  const look = async (): Promise<boolean> => {
    const values = [FLOODED, `report-${agentOf(FLOODED)}`, `report-${agentOf(BYSTANDER)}`];
    [row] = await log.query<Record<string, string | null>>(FOUND, values);
    return Number(row?.['counted']) >= Number(row?.['stored']);
  };
  await waitUntil(look, { withinMs: 60_000, everyMs: 500 }).catch(() => undefined);
  return {
    incidents: Number(row?.['incidents']),
    commands: Number(row?.['commands']),
    counted: Number(row?.['counted']),
    stored: Number(row?.['stored']),
    bystanderStored: Number(row?.['bystander']),
  };
}

const sort = (times: readonly number[]): number[] => times.toSorted((one, other) => one - other);

const percentile = (sorted: readonly number[], share: number): number => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
