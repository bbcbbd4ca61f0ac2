import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { withClient } from '#libs/testing';
import { Installation } from './installation.ts';

const getReady = async (url: string): Promise<number> =>
  fetch(`${url}/health/ready`).then(
    ({ status }) => status,
    () => 0,
  );

describe('an installation for measuring', () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await Installation.start({ agents: [{ agentClass: 'service', agentId: 'rag-agent' }] });
  }, 60_000);
  afterAll(() => installation.stop());

  it('has a log of its own, with the agents in its catalogue', async () => {
    const types = await withClient(installation.logUrl, async (client) => {
      const { rows } = await client.query<{ type: string }>('SELECT type FROM events ORDER BY position');
      return rows.map(({ type }) => type);
    });
    expect(types).toContain('AgentRegistered');
  });

  it('starts an orchestrator that was killed again, at the same address', async () => {
    const before = installation.orchestrator.pid;
    await installation.orchestrator.kill();
    expect(await getReady(installation.url)).toBe(0);
    await installation.orchestrator.start();
    expect(installation.orchestrator.pid).not.toBe(before);
    expect(await getReady(installation.url)).toBe(200);
  }, 60_000);
});
