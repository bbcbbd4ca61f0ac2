import { setTimeout as sleep } from 'node:timers/promises';
import type { Violation } from '#libs/testing';
import { restart } from '../crowd/crowd-agent.ts';
import { Crowd } from '../crowd/crowd.ts';
import { checkSettled } from '../installation/check-installation.ts';
import { LogWatch } from '../installation/log-watch.ts';
import { type Trouble, TROUBLES } from './troubles.ts';

export interface StormPlan {
  /** Services that fail at once. */
  readonly targets: number;
  readonly say: (line: string) => void;
}

/** What came of one service that no restart helps. */
export interface TroubleCourse {
  readonly trouble: string;
  /** How often the orchestrator was killed meanwhile. */
  readonly kills: number;
  readonly serviceId: string;
  readonly commands: number;
  readonly healed: number;
  readonly escalations: number;
  /** What became of them, as event, reason and seconds. */
  readonly told: readonly string[];
}

/** What came of all failing at once; in seconds since the first report was stored. */
export interface StormCourse {
  readonly opened: number;
  readonly detectedAfter: number | undefined;
  readonly commands: number;
  readonly lastCommandAfter: number | undefined;
  readonly ofTheStorm: number;
  readonly ofOthers: number;
}

export interface StormRun {
  readonly troubles: readonly TroubleCourse[];
  readonly storm: StormCourse;
  readonly violations: readonly Violation[];
}

const KILLS = 2;
/** Whatever fails for no reason of its own. */
const SOUND: Pick<Trouble, 'behave'> = { behave: restart };
/** Cool-downs of ten seconds that double would take the troubles a quarter of an hour; everything else is as it comes. */
export const SHORT_COOL_DOWNS = { first_cool_down_ms: 1_000, longest_cool_down_ms: 4_000 };
const SERVICES_EACH = 20;
/** In which what fails says so again and again. */
const AFTERMATH_MS = 30_000;
const BETWEEN_KILLS_MS = 15_000;

const COUNT = (type: string): string => `SELECT count(*) FROM events WHERE type = '${type}' AND payload::jsonb->>'target' = $1`;
const TOLD = `SELECT type, concat_ws(' ', payload::jsonb->>'reason_code', to_char(recorded_at, 'HH24:MI:SS.MS')) AS word FROM events
  WHERE type LIKE 'Escalation%' AND payload::jsonb->>'root' = $2 OR type LIKE 'Incident%' AND payload::jsonb->>'incident_id' IN
    (SELECT payload::jsonb->>'incident_id' FROM events WHERE type = 'IncidentOpened' AND payload::jsonb->>'target' = $1)
  ORDER BY position`;
const STORM = `WITH later AS (SELECT * FROM events WHERE position > $1),
    first AS (SELECT min(recorded_at) AS at FROM later WHERE type = 'ErrorReported')
  SELECT count(*) FILTER (WHERE type = 'IncidentOpened') AS opened,
    extract(epoch FROM min(recorded_at) FILTER (WHERE type = 'StormDetected') - min(first.at)) AS detected,
    count(*) FILTER (WHERE type = 'FixCommanded') AS commands,
    extract(epoch FROM max(recorded_at) FILTER (WHERE type = 'FixCommanded') - min(first.at)) AS last,
    count(*) FILTER (WHERE type = 'EscalationRaised' AND payload::jsonb->>'kind' = 'storm') AS storms,
    count(*) FILTER (WHERE type = 'EscalationRaised' AND payload::jsonb->>'kind' <> 'storm') AS others
  FROM later, first`;

/** Services that no restart helps, without and with kills of the orchestrator; then everything fails at once. */
export async function runStorm({ targets, say }: StormPlan): Promise<StormRun> {
  const crowd = await Crowd.open({
    agents: listAgents(targets),
    behave: (agent, command) => (findTrouble(command.target.service_id) ?? SOUND).behave(agent, command),
    limits: SHORT_COOL_DOWNS,
  });
  const log = new LogWatch(crowd.installation.logUrl);
  try {
    say(`${targets} services and those in trouble are there`);
    const troubles = [...(await runTroubles(crowd, log, 0)), ...(await runTroubles(crowd, log, KILLS))];
    say('no more trouble, now the storm');
    const storm = await breakAll(crowd, log);
    return { troubles, storm, violations: await check(crowd) };
  } finally {
    await log.close();
    await crowd.close();
  }
}

const troubledService = (trouble: number, kills: number): string => `troubled-${trouble}-${kills}`;
const findTrouble = (serviceId: string): Trouble | undefined =>
  serviceId.startsWith('troubled-') ? TROUBLES[Number(serviceId.split('-')[1])] : undefined;

function listAgents(targets: number): Map<string, string[]> {
  const agents = new Map<string, string[]>();
  for (let n = 0; n < targets; n += 1) {
    const agentId = `crowd-${Math.floor(n / SERVICES_EACH)}`;
    agents.set(agentId, [...(agents.get(agentId) ?? []), `service-${n}`]);
  }
  for (const kills of [0, KILLS])
    for (const trouble of TROUBLES.keys()) agents.set(`agent-${trouble}-${kills}`, [troubledService(trouble, kills)]);
  return agents;
}

async function runTroubles(crowd: Crowd, log: LogWatch, kills: number): Promise<TroubleCourse[]> {
  const running = TROUBLES.map((trouble, n) => trouble.run(crowd, troubledService(n, kills), log));
  for (let n = 0; n < kills; n += 1) {
    await sleep(BETWEEN_KILLS_MS);
    await crowd.installation.orchestrator.kill();
    await crowd.installation.orchestrator.start();
  }
  await Promise.all(running);
  return Promise.all(
    TROUBLES.map(({ name }, n) => tellTrouble(log, { trouble: name, kills, serviceId: troubledService(n, kills) })),
  );
}

async function tellTrouble(log: LogWatch, about: Pick<TroubleCourse, 'trouble' | 'kills' | 'serviceId'>): Promise<TroubleCourse> {
  const { serviceId } = about;
  const [commands, healed, told] = await Promise.all([
    log.count(COUNT('FixCommanded'), [serviceId]),
    log.count(
      `SELECT count(*) FROM events WHERE type = 'FixHealed' AND payload::jsonb->>'fix_id' IN
        (SELECT payload::jsonb->>'fix_id' FROM events WHERE type = 'FixCommanded' AND payload::jsonb->>'target' = $1)`,
      [serviceId],
    ),
    log.query<{ type: string; word: string }>(TOLD, [serviceId, `service:${serviceId}`]),
  ]);
  const escalations = told.filter(({ type }) => type === 'EscalationRaised').length;
  return { ...about, commands, healed, escalations, told: told.map(({ type, word }) => `${type} ${word}`) };
}

async function breakAll(crowd: Crowd, log: LogWatch): Promise<StormCourse> {
  const before = await log.readHead();
  const targets = crowd.agents.flatMap(({ serviceIds }) => serviceIds.filter((id) => findTrouble(id) === undefined));
  for (const id of targets) crowd.agentOf(id).breakService(id);
  await sleep(AFTERMATH_MS);
  const [row] = await log.query<Record<'opened' | 'detected' | 'commands' | 'last' | 'storms' | 'others', string | null>>(STORM, [
    before,
  ]);
  const seconds = (text: string | null | undefined): number | undefined =>
    text === null || text === undefined ? undefined : Number(text);
  return {
    opened: Number(row?.opened),
    detectedAfter: seconds(row?.detected),
    commands: Number(row?.commands),
    lastCommandAfter: seconds(row?.last),
    ofTheStorm: Number(row?.storms),
    ofOthers: Number(row?.others),
  };
}

/** Whatever still fails is mended, or there would be reports without an end. */
async function check({ installation, agents }: Crowd): Promise<Violation[]> {
  for (const agent of agents) {
    for (const id of agent.serviceIds) if (!agent.isWell(id)) agent.mend(id);
    agent.beat();
  }
  return checkSettled(installation, () => agents.map(({ ledger }) => ledger));
}
