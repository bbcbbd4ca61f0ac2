/** @machine half */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkStoredLog, describeViolations, waitUntil, withClient } from '#libs/testing';
import { restart } from '../../bench/crowd/crowd-agent.ts';
import { Crowd } from '../../bench/crowd/crowd.ts';
import { LogWatch } from '../../bench/installation/log-watch.ts';
import type { Program } from '../../bench/installation/program.ts';

const SERVICES = ['rag', 'memory', 'gateway', 'search'];
const OPENED = `SELECT schema_version AS version FROM events
  WHERE type = 'IncidentOpened' AND payload::jsonb->>'target' = $1 ORDER BY position DESC LIMIT 1`;
const RESOLVED = `SELECT FROM events resolved JOIN events opened ON opened.type = 'IncidentOpened'
    AND opened.payload::jsonb->>'incident_id' = resolved.payload::jsonb->>'incident_id'
  WHERE resolved.type = 'IncidentResolved' AND opened.payload::jsonb->>'target' = $1`;
const LISTED = `SELECT FROM incidents WHERE service = $1 AND state = 'resolved'`;
const HEALED_WITHIN_MS = 60_000;

interface Ready {
  readonly ready: boolean;
  readonly checks: readonly { name: string; ok: boolean; detail: string }[];
}

async function getReady({ url }: Program): Promise<Ready> {
  return (await (await fetch(`${url}/health/ready`)).json()) as Ready;
}

/** Nothing else is wrong with it. */
function isOutdated({ ready, checks }: Ready): boolean {
  const [wrong, ...others] = checks.filter(({ ok }) => !ok);
  return !ready && others.length === 0 && wrong?.name === 'release' && wrong.detail.includes('IncidentOpened');
}

describe('an older and a newer release side by side', () => {
  let crowd: Crowd;
  let log: LogWatch;
  let older: Program;
  let newer: Program;

  beforeAll(async () => {
    crowd = await Crowd.open({
      agents: new Map([['crowd', SERVICES]]),
      behave: restart,
      limits: { storm_share: 1, blast_radius_share: 1 },
      installation: {
        replicas: 2,
        describeReplica: (replica) => (replica === 0 ? {} : { script: 'test/upgrade/newer-release.mjs' }),
      },
    });
    log = new LogWatch(crowd.installation.logUrl);
    const [first, second] = crowd.installation.orchestrators;
    if (second === undefined) throw new Error('there is one only');
    [older, newer] = [first, second];
  }, 120_000);
  afterAll(async () => {
    await log.close();
    await crowd.close();
  }, 60_000);

  /** Answers in which version its incident was stored. */
  async function untilHealed(service: string): Promise<number> {
    await log.until(RESOLVED, [service], HEALED_WITHIN_MS);
    await log.until(LISTED, [service], HEALED_WITHIN_MS);
    return (await log.until<{ version: number }>(OPENED, [service], 1_000)).version;
  }

  function healOnce(service: string): Promise<number> {
    crowd.agentOf(service).breakService(service);
    return untilHealed(service);
  }

  it('go on where the newer one has added columns, of which the older one knows nothing', async () => {
    await newer.stop();
    await withClient(crowd.installation.logUrl, (client) =>
      client.query(`ALTER TABLE events ADD COLUMN added text NOT NULL DEFAULT '';
        ALTER TABLE checkpoints ADD COLUMN added text NOT NULL DEFAULT ''`),
    );
    expect(await healOnce('rag')).toBe(1);
  }, 180_000);

  it('go on with what the other one has written', async () => {
    await newer.start();
    await older.stop();
    expect(await healOnce('memory')).toBe(2);
  }, 180_000);

  it('wait, where the older one comes upon what it can not read, and say so, beside the newer one and alone', async () => {
    older.launch();
    await waitUntil(() => getReady(older).then(isOutdated, () => false), { withinMs: HEALED_WITHIN_MS });
    crowd.agentOf('gateway').breakService('gateway');
    await log.until(OPENED, ['gateway'], HEALED_WITHIN_MS);
    await newer.kill();
    expect(isOutdated(await getReady(older))).toBe(true);
    expect(await (await fetch(`${older.url}/metrics`)).text()).toMatch(/^zantara_release_outdated 1$/m);
  }, 120_000);

  it('go on where it stood as soon as the newer one is back, whatever the older one does', async () => {
    await newer.start();
    expect(await untilHealed('gateway')).toBe(2);
    expect(older.isAlive).toBe(true);
  }, 120_000);

  it('have lost nothing and left nothing out when the older one is gone', async () => {
    await older.stop();
    expect(await healOnce('search')).toBe(2);
    expect(await log.count('SELECT count(*) FROM parked_keys')).toBe(0);
    expect(
      await log.count("SELECT count(*) FROM events WHERE type IN ('IncidentEscalated', 'FixEscalated', 'MessageDeadLettered')"),
    ).toBe(0);
    const ledgers = crowd.agents.map(({ ledger }) => ledger);
    const options = { everyReport: true, everyFixEnded: true, readThrough: await log.awaitReaders() };
    expect(describeViolations(await checkStoredLog(crowd.installation.logUrl, { ledgers, options }))).toBe('');
  }, 120_000);
});
