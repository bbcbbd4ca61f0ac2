import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitUntil, withClient } from '#libs/testing';
import { Installation } from './installation.ts';
import type { Program } from './program.ts';

const ANSWERS_WITHIN_MS = 2_000;

const getStatus = async ({ url }: Program, path: string): Promise<number> =>
  fetch(`${url}${path}`, { signal: AbortSignal.timeout(ANSWERS_WITHIN_MS) }).then(
    ({ status }) => status,
    () => 0,
  );
const getReady = (program: Program): Promise<number> => getStatus(program, '/health/ready');

const readTypes = ({ logUrl }: Installation): Promise<string[]> =>
  withClient(logUrl, async (client) => {
    const { rows } = await client.query<{ type: string }>('SELECT type FROM events ORDER BY position');
    return rows.map(({ type }) => type);
  });

describe('an installation for measuring', () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await Installation.start({ agents: [{ agentClass: 'service', agentId: 'rag-agent' }] });
  }, 60_000);
  afterAll(() => installation.stop());

  it('has a log of its own, with the agents in its catalogue', async () => {
    expect(await readTypes(installation)).toContain('AgentRegistered');
  });

  it('starts an orchestrator that was killed again, at the same address', async () => {
    const { orchestrator } = installation;
    const before = orchestrator.pid;
    await orchestrator.kill();
    expect(await getReady(orchestrator)).toBe(0);
    await orchestrator.start();
    expect(orchestrator.pid).not.toBe(before);
    expect(orchestrator.launchesUnlessKilled).toBe(1);
    expect(await getReady(orchestrator)).toBe(200);
  }, 60_000);
});

describe('an installation with two orchestrators', () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await Installation.start({
      replicas: 2,
      describeReplica: (replica) => (replica === 0 ? {} : { env: { ANONYMOUS_ROLE: 'none' } }),
    });
  }, 90_000);
  afterAll(() => installation.stop());

  it('has one log and one set of keys for both', async () => {
    expect(await Promise.all(installation.orchestrators.map(getReady))).toEqual([200, 200]);
    expect((await readTypes(installation)).filter((type) => type === 'ApiKeyCreated')).toHaveLength(1);
  });

  it('gives one of them settings of its own', async () => {
    const statuses = await Promise.all(installation.orchestrators.map((each) => getStatus(each, '/api/services')));
    expect(statuses).toEqual([200, 401]);
  });

  it('lets one stand still and go on while the other one works', async () => {
    const [first, second] = installation.orchestrators;
    if (second === undefined) throw new Error('there is one only');
    first.pause();
    expect(await getReady(first)).toBe(0);
    expect(await getReady(second)).toBe(200);
    first.resume();
    await waitUntil(async () => (await getReady(first)) === 200);
  }, 30_000);

  /** Program.stop ends by force what doesn't end in 15 s. */
  it('stops one that stands still in order', async () => {
    const [first, second] = installation.orchestrators;
    first.pause();
    await first.stop();
    expect([first.isAlive, second?.isAlive]).toEqual([false, true]);
  }, 12_000);
});
