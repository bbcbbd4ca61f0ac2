/** @machine half */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { describeViolations } from '#libs/testing';
import { restart } from '../bench/crowd/crowd-agent.ts';
import { Crowd } from '../bench/crowd/crowd.ts';
import { checkInstallation } from '../bench/installation/check-installation.ts';
import { LogWatch } from '../bench/installation/log-watch.ts';
import { toFigures } from '../bench/replicas/figures.ts';
import { runReplicas } from '../bench/replicas/run-replicas.ts';

/** `npm run replicas` has a thousand fixes, a hundred targets and pauses of half a minute. */
const SHORT = { replicas: 2, sagas: 40, targets: 10, longestPauseMs: 4_000, restMs: 500 };
/** Always the same here; the command takes another one each time. */
const SEED = 20_261_130;

const COMMANDED = `SELECT FROM events WHERE type = 'FixCommanded' AND payload::jsonb->>'target' = $1`;
const RESOLVED = `SELECT FROM events resolved JOIN events opened ON opened.type = 'IncidentOpened'
    AND opened.payload::jsonb->>'incident_id' = resolved.payload::jsonb->>'incident_id'
  WHERE resolved.type = 'IncidentResolved' AND opened.payload::jsonb->>'target' = $1`;
const WITHIN_MS = 60_000;

describe('two orchestrators that are paused, killed and stopped at random', () => {
  it('have one live command for a target at most, and bring every fix to its end', async () => {
    const run = await runReplicas({ ...SHORT, seed: SEED, say: () => undefined });
    expect(toFigures(run, SHORT).filter(({ holds }) => !holds)).toEqual([]);
    expect(run.unrest.map(({ pauses, kills, stops }) => pauses + kills + stops > 0)).toEqual([true, true]);
  }, 600_000);
});

describe('an orchestrator that is told to stop while another one runs', () => {
  let crowd: Crowd;
  let log: LogWatch;

  beforeAll(async () => {
    crowd = await Crowd.open({
      agents: new Map([['crowd', ['rag', 'memory']]]),
      behave: restart,
      limits: { storm_share: 1, blast_radius_share: 1 },
      installation: { replicas: 2 },
    });
    log = new LogWatch(crowd.installation.logUrl);
  }, 120_000);
  afterAll(async () => {
    await log.close();
    await crowd.close();
  }, 60_000);

  it('ends in order, and the other one goes on with what was under way', async () => {
    const [first, second] = crowd.installation.orchestrators;
    crowd.agentOf('rag').breakService('rag');
    await log.until(COMMANDED, ['rag'], WITHIN_MS);
    await first.stop();
    expect([first.isAlive, second?.isAlive]).toEqual([false, true]);
    expect(first.output).not.toMatch(/"level":(50|60)/);
    await log.until(RESOLVED, ['rag'], WITHIN_MS);
  }, 120_000);

  it('may come back, and the other one may go', async () => {
    const [first, second] = crowd.installation.orchestrators;
    await first.start();
    await second?.stop();
    crowd.agentOf('memory').breakService('memory');
    await log.until(RESOLVED, ['memory'], WITHIN_MS);
    expect(await log.count("SELECT count(*) FROM events WHERE type IN ('FixEscalated', 'IncidentEscalated')")).toBe(0);
  }, 120_000);

  it('leave a sound log, in which nothing is lost or open', async () => {
    const ledgers = crowd.agents.map(({ ledger }) => ledger);
    const options = { everyReport: true, everyFixEnded: true, readThrough: await log.awaitReaders() };
    expect(describeViolations(await checkInstallation(crowd.installation, { ledgers, options }))).toBe('');
  }, 120_000);
});
