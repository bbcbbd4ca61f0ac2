import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkLog, loadSettledEvidence, type Violation, waitUntil } from '#libs/testing';
import type { FailpointName } from '../../src/platform/failpoint-list.ts';
import { WebhookReceiver } from '../../test/builders/webhook-receiver.ts';
import { secretOf } from '../agents/planted-secret.ts';
import { RESTLESS_LIMITS } from '../agents/raised-limits.ts';
import { countRedacted, type RedactedEvents } from '../agents/redacted-events.ts';
import { Crowd } from '../crowd/crowd.ts';
import { checkReadModels } from '../installation/check-installation.ts';
import { LogWatch } from '../installation/log-watch.ts';
import type { Program } from '../installation/program.ts';
import { checkNonsense } from './buried-nonsense.ts';
import { behave, CrashLoad, listAgents } from './crash-load.ts';
import { type CrashPlan, describeLife, type PlannedLife, planLives } from './crash-plan.ts';
import { checkTold } from './told-escalations.ts';

export interface CrashRun {
  /** How often each failpoint was met. */
  readonly met: ReadonlyMap<FailpointName, number>;
  readonly lives: number;
  readonly reports: number;
  readonly healed: number;
  readonly escalated: number;
  readonly told: number;
  readonly quarantined: number;
  /** Messages that nobody can take in. */
  readonly nonsense: number;
  /** Commands that came again when their agent had begun them. */
  readonly repeated: number;
  readonly redacted: RedactedEvents;
  readonly violations: readonly Violation[];
}

const MET_WITHIN_MS = 90_000;
/** In which what waits for ever is seen to wait, and others go on. */
const LOOK_ON_MS = 3_000;
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const COUNTS = `SELECT count(*) FILTER (WHERE type = 'ErrorReported') AS reports, count(*) FILTER (WHERE type = 'FixHealed') AS healed,
  count(*) FILTER (WHERE type = 'EscalationRaised') AS escalated FROM events`;

/** Breaks one life of the orchestrator after the other while services fail, and then looks what came of it all. */
export async function runCrashes(plan: CrashPlan, say: (line: string) => void): Promise<CrashRun> {
  const receiver = await WebhookReceiver.start(SECRET);
  const dir = mkdtempSync(join(tmpdir(), 'zantara-crashes-'));
  try {
    const crowd = await Crowd.open({
      agents: listAgents(),
      behave,
      limits: RESTLESS_LIMITS,
      plantsSecrets: true,
      installation: { describeReplica: () => ({ env: webhookSettings(dir, receiver) }) },
    });
    try {
      return await crash(crowd, receiver, { plan, say });
    } finally {
      await crowd.close();
    }
  } finally {
    await receiver.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

function webhookSettings(dir: string, { host }: WebhookReceiver): Record<string, string> {
  const secrets = join(dir, 'webhook-secrets');
  writeFileSync(secrets, `${SECRET}\n`);
  const url = `http://${host}/`;
  return { ESCALATION_WEBHOOK_URL: url, ESCALATION_WEBHOOK_SECRET_FILE: secrets, OUTGOING_ALLOWED_HOSTS: host };
}

async function crash(
  crowd: Crowd,
  receiver: WebhookReceiver,
  { plan, say }: { plan: CrashPlan; say: (line: string) => void },
): Promise<CrashRun> {
  const { orchestrator } = crowd.installation;
  const load = new CrashLoad(crowd);
  const lives = planLives(plan);
  const met = new Map<FailpointName, number>();
  load.begin();
  try {
    await orchestrator.stop();
    for (const [index, life] of lives.entries()) {
      const seconds = await live(orchestrator, life);
      for (const { name } of life) met.set(name, (met.get(name) ?? 0) + 1);
      say(
        `${index + 1} of ${lives.length}: ${life.length === 1 ? describeLife(life) : `${life.length} failpoints`} after ${seconds.toFixed(1)} s`,
      );
    }
  } finally {
    load.end();
  }
  await orchestrator.start();
  const findings = await judge(crowd, receiver);
  return { met, lives: lives.length, told: receiver.received.length, ...findings };
}

/** Until it is broken everywhere where the plan has it, and has ended. Tells how long that took, in seconds. */
async function live(orchestrator: Program, life: PlannedLife): Promise<number> {
  const beganAtMs = performance.now();
  orchestrator.launch({ NODE_ENV: 'test', ZANTARA_FAILPOINTS: describeLife(life) });
  const findUnmet = (): PlannedLife =>
    life.filter(({ name, action }) => !orchestrator.output.includes(`failpoint ${name}: ${action}`));
  await waitUntil(() => findUnmet().length === 0 || !orchestrator.isAlive, { withinMs: MET_WITHIN_MS, everyMs: 25 }).catch(
    () => undefined,
  );
  const unmet = findUnmet();
  if (unmet.length > 0) throw new Error(`${describeLife(unmet)} was not met.\n${orchestrator.output}`);
  const action = life[0]?.action;
  if (action === 'kill') await waitUntil(() => !orchestrator.isAlive);
  else await sleep(LOOK_ON_MS);
  // What hangs ends in no order.
  await (action === 'hang' ? orchestrator.kill() : orchestrator.stop());
  return (performance.now() - beganAtMs) / 1_000;
}

async function judge(
  { installation, agents }: Crowd,
  receiver: WebhookReceiver,
): Promise<Omit<CrashRun, 'met' | 'lives' | 'told'>> {
  const secrets = [...listAgents().keys()].map(secretOf);
  const evidence = await loadSettledEvidence(installation.logUrl, () => agents.map(({ ledger }) => ledger), { secrets });
  const nonsense = agents.flatMap((agent) => agent.nonsense);
  const log = new LogWatch(installation.logUrl);
  try {
    const violations = [
      ...checkLog(evidence),
      ...(await checkReadModels(installation)),
      ...(await checkTold(log, receiver)),
      ...(await checkNonsense(log, nonsense)),
    ];
    const [row] = await log.query<Record<'reports' | 'healed' | 'escalated', string>>(COUNTS);
    return {
      reports: Number(row?.reports),
      healed: Number(row?.healed),
      escalated: Number(row?.escalated),
      quarantined: await log.countQuarantined(),
      nonsense: nonsense.length,
      repeated: evidence.ledgers.flatMap(({ repeated = [] }) => repeated).length,
      redacted: await countRedacted(log),
      violations,
    };
  } finally {
    await log.close();
  }
}
