import { setTimeout as sleep } from 'node:timers/promises';
import type { Violation } from '#libs/testing';
import { checkInstallation } from '../installation/check-installation.ts';
import { LogWatch } from '../installation/log-watch.ts';
import type { Course } from './judge-misbehaviour.ts';
import type { Ending, Misbehaviour } from './scripts.ts';
import { type Part, Stage } from './stage.ts';

export interface MisbehaviourRun {
  readonly courses: readonly Course[];
  readonly violations: readonly Violation[];
}

export interface MisbehaviourPlan {
  /** Agents of each kind. */
  readonly each: number;
  /** Those kinds only; all unless told. */
  readonly behaviours?: readonly Misbehaviour[];
  /** Between two services that fail, in milliseconds. */
  readonly apartMs: number;
  readonly say: (line: string) => void;
}

const FIRST_ENDINGS = `SELECT count(DISTINCT opened.payload::jsonb->>'target') AS count FROM events opened
  JOIN events ended ON ended.type IN ('IncidentResolved', 'IncidentEscalated')
    AND ended.payload::jsonb->>'incident_id' = opened.payload::jsonb->>'incident_id'
  WHERE opened.type = 'IncidentOpened'`;
const INCIDENTS = `SELECT opened.payload::jsonb->>'target' AS target, ended.type AS ending,
    extract(epoch FROM ended.recorded_at - opened.recorded_at) AS seconds
  FROM events opened LEFT JOIN LATERAL (
    SELECT type, recorded_at FROM events WHERE type IN ('IncidentResolved', 'IncidentEscalated')
      AND payload::jsonb->>'incident_id' = opened.payload::jsonb->>'incident_id' ORDER BY position LIMIT 1
  ) ended ON true
  WHERE opened.type = 'IncidentOpened' ORDER BY opened.position`;
const VERDICTS = `SELECT payload::jsonb->>'target' AS target, payload::jsonb->>'reason_code' AS reason FROM events
  WHERE type = 'VerdictReached' ORDER BY position`;
const COMMANDS = `SELECT payload::jsonb->>'target' AS target FROM events WHERE type = 'FixCommanded'`;
/** Long enough to see that nothing comes of what is said after the end. */
const AFTERMATH_MS = 10_000;

/** Has every service fail, lets each agent misbehave in its way, and tells what came of it. */
export async function runMisbehaviour(plan: MisbehaviourPlan): Promise<MisbehaviourRun> {
  const stage = await Stage.open(plan.each, plan.behaviours);
  const log = new LogWatch(stage.installation.logUrl);
  try {
    plan.say(`${stage.cast.length} agents are there`);
    await breakAll(stage.cast, plan.apartMs);
    await untilEnded(log, stage.cast, plan.say);
    return { courses: await tellCourses(log, stage.cast), violations: await check(stage, log) };
  } finally {
    await log.close();
    await stage.close();
  }
}

async function breakAll(cast: readonly Part[], apartMs: number): Promise<void> {
  for (const { agent } of cast) {
    agent.breakService();
    await sleep(apartMs);
  }
}

/** Until every first incident has ended, or its time is over. */
async function untilEnded(log: LogWatch, cast: readonly Part[], say: (line: string) => void): Promise<void> {
  const withinMs = 1_000 * Math.max(...cast.map(({ behaviour }) => behaviour.withinSeconds));
  const query = `SELECT FROM (${FIRST_ENDINGS}) ended WHERE count >= $1`;
  await log.until(query, [cast.length], withinMs, 1_000).catch(() => say('not all of them came to an end in time'));
  await sleep(AFTERMATH_MS);
}

async function tellCourses(log: LogWatch, cast: readonly Part[]): Promise<Course[]> {
  const incidents = await log.query<{ target: string; ending: string | null; seconds: string | null }>(INCIDENTS);
  const verdicts = await log.query<{ target: string; reason: string }>(VERDICTS);
  const commands = await log.query<{ target: string }>(COMMANDS);
  const of = <T extends { target: string }>(rows: readonly T[], { agent }: Part): T[] =>
    rows.filter(({ target }) => target === agent.serviceId);
  return cast.map((part) => {
    const own = of(incidents, part);
    const [seconds] = own.map((incident) => (incident.seconds === null ? undefined : Number(incident.seconds)));
    return {
      behaviour: part.behaviour.name,
      serviceId: part.agent.serviceId,
      expected: part.behaviour.ending,
      withinSeconds: part.behaviour.withinSeconds,
      endings: own.map(({ ending }) => toEnding(ending)),
      seconds,
      commands: of(commands, part).length,
      effects: part.agent.ledger.effects.length,
      verdicts: of(verdicts, part).map(({ reason }) => reason),
    };
  });
}

function toEnding(type: string | null): Ending | 'open' {
  if (type === null) return 'open';
  return type === 'IncidentResolved' ? 'resolved' : 'escalated';
}

async function check({ installation, cast }: Stage, log: LogWatch): Promise<Violation[]> {
  const head = await log.awaitReaders();
  const ledgers = cast.map(({ agent }) => agent.ledger);
  return checkInstallation(installation, { ledgers, options: { everyFixEnded: true, readThrough: head } });
}
