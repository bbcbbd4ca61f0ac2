import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { agentSubject, type Heartbeat } from '#libs/contracts';
import { startTestNats, type TestNats, waitUntil } from '#libs/testing';
import { buildConfiguration } from '../../test/builders/configuration-builder.ts';
import { buildHealing } from '../../test/builders/healing-parts.ts';
import { AgentPulses } from './agent-pulses.ts';

const agent = { tenant: 'test', agentClass: 'service', agentId: 'memory-agent' } as const;
const heartbeat: Heartbeat = {
  v: 1,
  agent_id: agent.agentId,
  boot_id: '01900000-0000-7000-8000-000000000001',
  sequence: 1,
  interval_ms: 1,
  services: [],
};

let nats: TestNats;
beforeAll(async () => {
  nats = await startTestNats({ agents: [agent] });
});
afterAll(() => nats.stop());

describe('the pulses of the agents', () => {
  it('are heard by every orchestrator, with the credentials of both sides', async () => {
    const { catalogue } = await buildHealing();
    const links = [await nats.connectOrchestrator(), await nats.connectOrchestrator()];
    const replicas = links.map((link) => new AgentPulses(catalogue, link, buildConfiguration()));
    for (const replica of replicas) replica.onApplicationBootstrap();
    const silent = (): string[] => replicas.flatMap((replica) => replica.listSilent().map(({ agentId }) => agentId));
    await Promise.all(links.map((link) => link.connection.flush()));
    expect(silent()).toEqual([]);

    // Who promises a heartbeat every millisecond is soon missed: the sign that this one was heard.
    const speaker = await nats.connectAgent(agent.agentId);
    speaker.send({ subject: agentSubject(agent, 'heartbeat'), body: new TextEncoder().encode(JSON.stringify(heartbeat)) });
    await waitUntil(() => silent().length === 2);
    for (const replica of replicas) replica.beforeApplicationShutdown();
  });
});
