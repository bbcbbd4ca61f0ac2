import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { allPids, commandLine } from '../../scripts/infra/process.mjs';
import { Installation, type Servers } from '../installation/installation.ts';
import { LogWatch } from '../installation/log-watch.ts';
import { judgeOutage, type OutageFindings } from './judge-outage.ts';
import type { Outage, Scene } from './outage.ts';
import { createReporter, type Reporter } from './reporter.ts';

export interface OutageOptions {
  awaySeconds: number;
  /** Reports of each of the two agents, per second. */
  reportsPerSecond: number;
  /** Between the begin of the fix and that of the outage, so that it meets the fix at another step each time. */
  strikeAfterMs: number;
}

export interface OutageRound extends OutageFindings {
  outage: string;
  awaySeconds: number;
  strikeAfterMs: number;
  /** From the return to the last report in the log. */
  caughtUpSeconds: number;
  /** From the return to the end of the fix that was under way. */
  fixEndedSeconds: number;
  /** A service that is killed after all is over is healed. */
  healsAfterwards: boolean;
  /** What the log says of the fixer's service, for whoever wants to know why. */
  story: readonly string[];
}

const AGENTS = ['fixer', 'reporter-1', 'reporter-2'] as const;
/** The outbox sends again 30 s after an acknowledgement that no receipt followed, then 60 s after that. */
const CATCH_UP_MS = 150_000;
const FIX_ENDS_MS = 180_000;

const FIX_ENDED = `SELECT FROM events WHERE type IN ('FixHealed', 'FixEscalated') AND payload::jsonb->>'fix_id' = $1`;
const RESOLVED_AFTER = `SELECT FROM events WHERE type = 'IncidentResolved' AND position > $1 LIMIT 1`;

/** One outage on an installation of its own, under reports and with a fix under way; then everything is counted. */
export async function runOutage(outage: Outage, options: OutageOptions): Promise<OutageRound> {
  const cast: Reporter[] = [];
  const installation = await Installation.start({
    agents: AGENTS.map((agentId) => ({ agentClass: 'service' as const, agentId })),
    writeCatalogue: async (servers) => {
      const intervalMs = Math.round(1000 / options.reportsPerSecond);
      for (const agentId of AGENTS) {
        cast.push(await createReporter(servers, agentId === 'fixer' ? { agentId } : { agentId, intervalMs }));
      }
      return writeCatalogue(servers, cast);
    },
  });
  try {
    await Promise.all(cast.map(({ program }) => program.start()));
    const [fixer, first, second] = cast;
    if (fixer === undefined || first === undefined || second === undefined) throw new Error('somebody is missing');
    return await observe(outage, options, { installation, fixer, reporters: [first, second] });
  } finally {
    await Promise.all(cast.map(({ program }) => program.stop()));
    await installation.stop();
  }
}

async function observe(outage: Outage, options: OutageOptions, scene: Scene): Promise<OutageRound> {
  const { installation, fixer, reporters } = scene;
  const log = new LogWatch(installation.logUrl);
  const fixId = await beginFix(log, fixer);
  await sleep(options.strikeAfterMs);
  await outage.begin(scene);
  await sleep(options.awaySeconds * 1000);
  await outage.end(scene);
  const [caughtUpSeconds, fixEndedSeconds] = await Promise.all([
    timed(untilStored(log, reporters)),
    timed(log.until(FIX_ENDED, [fixId], FIX_ENDS_MS)),
  ]);
  const healsAfterwards = await healsAgain(log, fixer);
  for (const { program } of reporters) process.kill(program.pid, 'SIGUSR2');
  await untilStored(log, reporters);
  await Promise.all([fixer, ...reporters].map(({ program }) => program.stop()));
  const findings = await judgeOutage(scene, log);
  const story = await tellStory(log, fixer);
  const { awaySeconds, strikeAfterMs } = options;
  return {
    outage: outage.name,
    awaySeconds,
    strikeAfterMs,
    ...findings,
    caughtUpSeconds,
    fixEndedSeconds,
    healsAfterwards,
    story,
  };
}

async function tellStory(log: LogWatch, { serviceId }: Reporter): Promise<string[]> {
  const rows = await log.query<{ line: string }>(
    `SELECT concat_ws(' ', to_char(recorded_at, 'HH24:MI:SS.MS'), type, payload::jsonb->>'verdict', payload::jsonb->>'reason_code',
       payload::jsonb->>'name') AS line
     FROM events WHERE payload::jsonb->>'target' = $1 OR payload::jsonb->>'fix_id' IS NOT NULL
       OR payload::jsonb->>'service_id' = $1 OR payload::jsonb->>'incident_id' IS NOT NULL OR type = 'ResultReported' ORDER BY position`,
    [serviceId],
  );
  return rows.map(({ line }) => line);
}

async function timed(work: Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work;
  return (performance.now() - startedAt) / 1000;
}

/** A real fault, so that the outage meets a fix that is under way. Answers the fix. */
async function beginFix(log: LogWatch, fixer: Reporter): Promise<string> {
  killService(fixer);
  const commanded = await log.until<{ fix_id: string }>(
    `SELECT payload::jsonb->>'fix_id' AS fix_id FROM events WHERE type = 'FixCommanded' AND payload::jsonb->>'target' = $1`,
    [fixer.serviceId],
    30_000,
  );
  return commanded.fix_id;
}

/** Afterwards everything works as before: a fault is found and healed. */
async function healsAgain(log: LogWatch, fixer: Reporter): Promise<boolean> {
  const head = await log.count('SELECT max(position) AS count FROM events');
  killService(fixer);
  return log.until(RESOLVED_AFTER, [head], 60_000).then(
    () => true,
    () => false,
  );
}

/** By its port, which no other installation has. */
function killService({ serviceId, serviceUrl }: Reporter): void {
  const { port } = new URL(serviceUrl);
  const pid = allPids().find((candidate) => [serviceId, port].every((argument) => commandLine(candidate).includes(argument)));
  if (pid === undefined) throw new Error(`${serviceId} does not run`);
  process.kill(pid, 'SIGKILL');
}

/** Waits until everything that the agents took in by now is in the log. */
async function untilStored(log: LogWatch, reporters: readonly Reporter[]): Promise<void> {
  await Promise.all(
    reporters.map(async ({ agentId, ledger }) => {
      const taken = new Set(ledger.read('taken'));
      const stored = `SELECT count(*) FROM events WHERE stream = $1 AND type = 'ErrorReported' AND payload::jsonb->'error'->>'id' = ANY($2)`;
      const values = [`report-${agentId}`, [...taken]];
      await log
        .until(`SELECT FROM (${stored}) AS stored WHERE count >= ${taken.size}`, values, CATCH_UP_MS)
        .catch(() => undefined);
    }),
  );
}

function writeCatalogue({ dir }: Servers, reporters: readonly Reporter[]): string {
  const file = join(dir, 'catalogue.yaml');
  const agents = reporters.map(({ agentId }) => ({ id: agentId, class: 'service' }));
  const services = reporters.map(({ agentId, serviceId, serviceUrl }) => ({
    id: serviceId,
    probe_url: `${serviceUrl}/health`,
    single_replica: true,
    owner_agent: agentId,
    autonomy: 'auto',
  }));
  writeFileSync(file, stringify({ agents, services }));
  return file;
}
