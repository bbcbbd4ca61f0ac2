import { setTimeout as sleep } from 'node:timers/promises';
import { Installation } from '../installation/installation.ts';
import { LogWatch } from '../installation/log-watch.ts';
import { judgeOutage, type OutageFindings } from './judge-outage.ts';
import type { Outage, Scene } from './outage.ts';
import { createReporter, killService, type Reporter } from './reporter.ts';
import { writeReporterCatalogue } from './reporter-catalogue.ts';

export interface OutageOptions {
  awaySeconds: number;
  /** Reports of each of the two agents, per second. */
  reportsPerSecond: number;
  /** The outage begins as soon as the log has this of the fix. */
  strikeAt: FixStep;
}

/** From each of them something is still to be done: by the agent, and by whoever checks what it did. */
const FIX_STEPS = ['FixCommanded', 'FixAcknowledged', 'VerificationStarted'] as const;
type FixStep = (typeof FIX_STEPS)[number];

/** Each in its turn. */
export const chooseStep = (turn: number): FixStep => FIX_STEPS[turn % FIX_STEPS.length] ?? 'FixCommanded';

export interface OutageRound extends OutageFindings {
  outage: string;
  awaySeconds: number;
  strikeAt: FixStep;
  /** The fix had not ended when the outage began. */
  fixUnderWay: boolean;
  /** From the begin of the return to the last report of the outage in the log; `null` when it never came. */
  caughtUpSeconds: number | null;
  /** From the begin of the return to the end of the fix that was under way; `null` when it came to none. */
  fixEndedSeconds: number | null;
  /** A service that is killed after all is over is healed, by a fix of its own. */
  healsAfterwards: boolean;
  /** What the log says of fixes and incidents, for whoever wants to know why. */
  story: readonly string[];
}

const AGENTS = ['fixer', 'reporter-1', 'reporter-2'] as const;
/** The outbox sends again 30 s after an acknowledgement that no receipt followed, then 60 s after that. */
const CATCH_UP_MS = 150_000;
/** All reports are read for it, which takes the time of those who are watched. */
const COUNTS_EVERY_MS = 500;
const STEP_WITHIN_MS = 30_000;
const FIX_ENDS_MS = 180_000;

const FIX_ENDED = `SELECT FROM events WHERE type IN ('FixHealed', 'FixEscalated') AND payload::jsonb->>'fix_id' = $1`;
const INCIDENT_ENDED = `SELECT FROM events WHERE type IN ('IncidentResolved', 'IncidentEscalated') AND payload::jsonb->>'fix_id' = $1`;
const COME_TO = `SELECT FROM events WHERE type = $2 AND payload::jsonb->>'fix_id' = $1`;
const RESOLVED_BY = `SELECT FROM events WHERE type = 'IncidentResolved' AND payload::jsonb->>'fix_id' = $1`;
const STORED = `SELECT FROM (
  SELECT count(*) FROM events WHERE stream = $1 AND type = 'ErrorReported' AND payload::jsonb->'error'->>'id' = ANY($2)
) AS stored WHERE count >= $3`;
const COMMANDED = `SELECT payload::jsonb->>'fix_id' AS fix_id FROM events
  WHERE type = 'FixCommanded' AND payload::jsonb->>'target' = $1 AND position > $2 ORDER BY position LIMIT 1`;

/** One outage on an installation of its own, under reports and with a fix under way; then everything is counted. */
export async function runOutage(outage: Outage, options: OutageOptions): Promise<OutageRound> {
  const cast: Reporter[] = [];
  const installation = await Installation.start({
    agents: AGENTS.map((agentId) => ({ agentClass: 'service' as const, agentId })),
    ...(outage.startPostgres === undefined ? {} : { startPostgres: outage.startPostgres }),
    writeCatalogue: async (servers) => {
      const intervalMs = Math.round(1000 / options.reportsPerSecond);
      for (const agentId of AGENTS) {
        cast.push(await createReporter(servers, agentId === 'fixer' ? { agentId } : { agentId, intervalMs }));
      }
      return writeReporterCatalogue(servers, cast);
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
  const log = new LogWatch(scene.installation.logUrl);
  try {
    const survived = await strike(outage, options, { scene, log });
    await fallSilent(scene, log);
    const findings = await judgeOutage(scene, log);
    const story = await tellStory(log, scene.fixer);
    const { awaySeconds, strikeAt } = options;
    return { outage: outage.name, awaySeconds, strikeAt, ...survived, ...findings, story };
  } finally {
    await log.close();
  }
}

type Survived = Pick<OutageRound, 'fixUnderWay' | 'caughtUpSeconds' | 'fixEndedSeconds' | 'healsAfterwards'>;

async function strike(
  outage: Outage,
  options: OutageOptions,
  { scene, log }: { scene: Scene; log: LogWatch },
): Promise<Survived> {
  const { fixer, reporters } = scene;
  const fixId = await breakAndAwaitCommand(log, fixer);
  await log.until(COME_TO, [fixId, options.strikeAt], STEP_WITHIN_MS);
  const fixUnderWay = (await log.query(FIX_ENDED, [fixId])).length === 0;
  const end = await outage.begin(scene);
  await sleep(options.awaySeconds * 1000);
  const returnedAt = performance.now();
  await end();
  const since = (hasHappened: boolean): number | null => (hasHappened ? (performance.now() - returnedAt) / 1000 : null);
  const [caughtUpSeconds, fixEndedSeconds] = await Promise.all([
    areStored(log, reporters).then(since),
    happens(log.until(FIX_ENDED, [fixId], FIX_ENDS_MS)).then(since),
  ]);
  await happens(log.until(INCIDENT_ENDED, [fixId], 30_000));
  return { fixUnderWay, caughtUpSeconds, fixEndedSeconds, healsAfterwards: await happens(healAgain(log, fixer)) };
}

const happens = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  );

/** No new reports; what was taken in arrives; then the agents end in order. */
async function fallSilent({ fixer, reporters }: Scene, log: LogWatch): Promise<void> {
  for (const { program } of reporters) process.kill(program.pid, 'SIGUSR2');
  await areStored(log, reporters);
  await Promise.all([fixer, ...reporters].map(({ program }) => program.stop()));
}

async function tellStory(log: LogWatch, { services: [service] }: Reporter): Promise<string[]> {
  const rows = await log.query<{ line: string }>(
    `SELECT concat_ws(' ', to_char(recorded_at, 'HH24:MI:SS.MS'), type, payload::jsonb->>'verdict', payload::jsonb->>'reason_code',
       payload::jsonb->>'name') AS line
     FROM events WHERE payload::jsonb->>'target' = $1 OR payload::jsonb->>'fix_id' IS NOT NULL
       OR payload::jsonb->>'service_id' = $1 OR payload::jsonb->>'incident_id' IS NOT NULL OR type = 'ResultReported' ORDER BY position`,
    [service.id],
  );
  return rows.map(({ line }) => line);
}

/** A real fault. Answers the fix that it brings about, as soon as that is commanded. */
async function breakAndAwaitCommand(log: LogWatch, fixer: Reporter): Promise<string> {
  const head = await log.count('SELECT max(position) AS count FROM events');
  const [service] = fixer.services;
  killService(service);
  const commanded = await log.until<{ fix_id: string }>(COMMANDED, [service.id, head], 30_000);
  return commanded.fix_id;
}

/** Afterwards everything works as before: a fault is found and healed. */
async function healAgain(log: LogWatch, fixer: Reporter): Promise<void> {
  const fixId = await breakAndAwaitCommand(log, fixer);
  await log.until(RESOLVED_BY, [fixId], 60_000);
}

/** Whether all that the agents took in by now is in the log in time. */
async function areStored(log: LogWatch, reporters: readonly Reporter[]): Promise<boolean> {
  const arrivals = reporters.map(({ agentId, ledger }) => {
    const taken = [...new Set(ledger.read('taken'))];
    return happens(log.until(STORED, [`report-${agentId}`, taken, taken.length], CATCH_UP_MS, COUNTS_EVERY_MS));
  });
  return (await Promise.all(arrivals)).every(Boolean);
}
