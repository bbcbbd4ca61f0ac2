import { generateKeyPairSync, sign } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { signingBytes } from '#libs/contracts';
import { FaultProxy, startTestNats, type TestNats, waitUntil } from '#libs/testing';
import { AgentProcess } from './agent-process.ts';
import { AGENT, OrchestratorDouble, TENANT } from './orchestrator-double.ts';

describe('the service agent as a process, on a real nats-server', () => {
  let nats: TestNats;
  let orchestrator: OrchestratorDouble;
  let agent: AgentProcess;

  beforeEach(async () => {
    nats = await startTestNats({ tenant: TENANT, agents: [AGENT] });
    agent = await AgentProcess.prepare();
    orchestrator = await OrchestratorDouble.start(nats, agent.keysFile);
  });

  afterEach(async () => {
    await orchestrator.stop();
    await agent.dispose();
    await nats.stop();
  });

  const start = async (over: Parameters<AgentProcess['start']>[1] = {}, url = nats.url): Promise<void> => {
    agent.start({ url, seedFile: (user) => nats.seedFile(user) }, over);
    await agent.untilServing();
    await waitUntil(() => orchestrator.heartbeats.some(({ services }) => services[0]?.state === 'healthy'));
  };

  it('reports the end of its service at once and restarts it on a command', async () => {
    await start();
    const killed = agent.servicePid;
    agent.killService();
    await waitUntil(() => orchestrator.reports.length > 0, { withinMs: 2_000 });
    expect(orchestrator.reports[0]?.items[0]?.error).toMatchObject({
      source: 'backend-memory',
      type: 'health',
      severity: 'critical',
      data: { reason: 'exited', signal: 'SIGKILL', pid: killed },
    });
    expect(agent.ledger).toEqual([killed]);

    const command = await orchestrator.send(orchestrator.command());
    const result = await orchestrator.untilPhase(command, 'succeeded');
    expect(orchestrator.phasesOf(command)).toEqual(['acknowledged', 'succeeded']);
    expect(result).toMatchObject({
      fix: { strategy: 'restart', auto_applied: true, success: true, rollback_available: false },
      evidence: { before: { state: 'exited', signal: 'SIGKILL' }, started_pid: agent.servicePid },
    });
    expect(agent.ledger).toHaveLength(2);
    expect(orchestrator.invalid).toEqual([]);
    // What the service logged went along as evidence, without its secrets.
    const everything = JSON.stringify([orchestrator.results, orchestrator.reports]) + agent.read('state/journal.log');
    expect(everything).toContain('listening');
    expect(everything).not.toContain('topsecrettoken');
  });

  it('carries a command out once, however often it is delivered', async () => {
    await start();
    const command = orchestrator.command();
    const message = orchestrator.signCommand(command);
    for (let delivery = 0; delivery < 5; delivery++) await orchestrator.publish(message);
    await orchestrator.untilPhase(command, 'succeeded');
    const following = await orchestrator.send(orchestrator.command());
    await orchestrator.untilPhase(following, 'succeeded');
    expect(agent.ledger).toHaveLength(3);
    await orchestrator.publish(message);
    await waitUntil(() => orchestrator.phasesOf(command).filter((phase) => phase === 'succeeded').length > 1);
    expect(agent.ledger).toHaveLength(3);
  });

  it('executes nothing that is forged, altered, foreign, stale or expired', async () => {
    await start();
    const first = await orchestrator.send(orchestrator.command());
    await orchestrator.untilPhase(first, 'succeeded');
    const starts = agent.ledger;

    const good = orchestrator.signCommand(orchestrator.command());
    const flipped = Uint8Array.from(good.body);
    flipped[30] = (flipped[30] ?? 0) ^ 1;
    const { privateKey } = generateKeyPairSync('ed25519');
    const forged = sign(null, signingBytes(new TextEncoder().encode(good.subject), good.body), privateKey).toString('base64url');
    await orchestrator.publish({ ...good, body: flipped });
    await orchestrator.publish({ ...good, signature: forged });
    const refused = [
      { command: orchestrator.command({ fence: first.fence }), code: 'stale-fence' },
      // Well in the past: the agent takes the time for a little earlier than it is, by the way of the fastest heartbeat.
      { command: orchestrator.command({ expires_at: new Date(Date.now() - 60_000).toISOString() }), code: 'expired' },
      { command: orchestrator.command({ agent_id: 'another-agent' }), code: 'other-target' },
      { command: orchestrator.command({ strategy: 'restart/recycle-pool' }), code: 'strategy-not-allowed' },
      { command: orchestrator.command({ parameters: { surprise: 1 } }), code: 'invalid-parameters' },
    ];
    for (const { command, code } of refused) {
      await orchestrator.send(command);
      expect(await orchestrator.untilPhase(command, 'refused')).toMatchObject({ reason_code: code });
    }
    expect(agent.ledger).toEqual(starts);
    expect(agent.isServiceAlive).toBe(true);
  });

  it('keeps its own rate, whatever the orchestrator says', async () => {
    await start({ maxActions: 1 });
    const allowed = await orchestrator.send(orchestrator.command());
    await orchestrator.untilPhase(allowed, 'succeeded');
    const surplus = await orchestrator.send(orchestrator.command());
    expect(await orchestrator.untilPhase(surplus, 'refused')).toMatchObject({ reason_code: 'rate-limited' });
    expect(agent.ledger).toHaveLength(2);
  });

  it.each<[string, Parameters<OrchestratorDouble['resume']>]>([
    ['everything', ['stopped']],
    ['its service', ['running', { stopped_services: ['memory'] }]],
    ['the strategy', ['running', { stopped_strategies: ['restart/service'] }]],
  ])('refuses while %s is stopped', async (_, said) => {
    await start();
    orchestrator.resume(...said);
    // Two more heartbeats: the agent has had its turn since it was told.
    const heard = orchestrator.heartbeats.length;
    await waitUntil(() => orchestrator.heartbeats.length > heard + 1);
    const command = await orchestrator.send(orchestrator.command());
    expect(await orchestrator.untilPhase(command, 'refused')).toMatchObject({ reason_code: 'control-stopped' });
    expect(agent.ledger).toHaveLength(1);
  });

  it('carries nothing out after a stop that was said while its link was down', async () => {
    const link = await FaultProxy.start(nats.url);
    await start({}, link.url);
    orchestrator.silence();
    await link.leave();
    await waitUntil(() => agent.read('agent.log').includes('the connection to NATS is lost'));
    await orchestrator.say('stopped');
    const command = await orchestrator.send(orchestrator.command());
    await link.listen();
    expect(await orchestrator.untilPhase(command, 'refused')).toMatchObject({ reason_code: 'control-stopped' });
    expect(agent.ledger).toHaveLength(1);
    await link.leave();
  });

  it('reports a restart that was cut off as unknown, and does not repeat it', async () => {
    await start({ drain: true });
    const command = await orchestrator.send(
      orchestrator.command({ parameters: { drain_deadline_ms: 8_000, readiness_deadline_ms: 10_000 } }),
    );
    await orchestrator.untilPhase(command, 'acknowledged');
    await agent.kill();
    const pid = agent.servicePid;
    agent.start(nats, { drain: true });
    expect(await orchestrator.untilPhase(command, 'outcome_unknown')).toMatchObject({ reason_code: 'agent-restarted' });
    await orchestrator.publish(orchestrator.signCommand(command));
    await waitUntil(() => orchestrator.phasesOf(command).filter((phase) => phase === 'outcome_unknown').length > 1);
    expect(agent.ledger).toEqual([pid]);
    // The service that the dead agent left is this one's again.
    await waitUntil(() => orchestrator.heartbeats.at(-1)?.services[0]?.pid === pid);
  });

  it('does not finish a restart that was cut off after the service was stopped', async () => {
    agent.setMode('deaf');
    await start();
    const pid = agent.servicePid;
    const command = orchestrator.command({ parameters: { drain_deadline_ms: 8_000, readiness_deadline_ms: 10_000 } });
    await orchestrator.send(command);
    await orchestrator.untilPhase(command, 'acknowledged');
    await agent.kill();
    agent.killService();
    agent.setMode('normal');
    agent.start(nats);
    await orchestrator.untilPhase(command, 'outcome_unknown');
    await waitUntil(() => orchestrator.reports.length > 0);
    expect(agent.ledger).toEqual([pid]);
    const next = await orchestrator.send(orchestrator.command());
    await orchestrator.untilPhase(next, 'succeeded');
    expect(agent.ledger).toHaveLength(2);
  });

  it('does not start a service that ended while no agent was looking', async () => {
    await start();
    await agent.kill();
    agent.killService();
    agent.start(nats);
    await waitUntil(() => orchestrator.reports.length > 0);
    expect(agent.ledger).toHaveLength(1);
    const command = await orchestrator.send(orchestrator.command());
    await orchestrator.untilPhase(command, 'succeeded');
    expect(agent.ledger).toHaveLength(2);
  });

  it('ends with its service in order however often it is asked, and starts it the next time', async () => {
    await start({ onAgentStop: 'stop' });
    await agent.stop();
    expect(agent.isServiceAlive).toBe(false);
    await start({ onAgentStop: 'stop' });
    expect(agent.ledger).toHaveLength(2);
  });

  it('leaves a service alone whose configuration has changed, until a restart is commanded', async () => {
    await start();
    const pid = agent.servicePid;
    await agent.stop();
    orchestrator.heartbeats.length = 0;
    agent.start(nats, { args: ['--changed'], shell: { LANG: 'another' } });
    await waitUntil(() => orchestrator.heartbeats.at(-1)?.services[0]?.pid === pid);
    expect(agent.ledger).toEqual([pid]);
    expect(agent.read('agent.log')).toContain('"changed":["args"]');
    const command = await orchestrator.send(orchestrator.command());
    await orchestrator.untilPhase(command, 'succeeded');
    expect(agent.ledger).toHaveLength(2);
    expect(agent.serviceArguments).toContain('--changed');
  });

  it('says why a service does not come up again', async () => {
    await start();
    agent.setMode('broken');
    const command = await orchestrator.send(orchestrator.command());
    expect(await orchestrator.untilPhase(command, 'failed')).toMatchObject({
      reason_code: 'exited-early',
      evidence: { after: { state: 'exited', exit_code: 3 } },
      fix: { success: false },
    });
    agent.setMode('unready');
    const again = await orchestrator.send(
      orchestrator.command({ parameters: { drain_deadline_ms: 100, readiness_deadline_ms: 600 } }),
    );
    expect(await orchestrator.untilPhase(again, 'failed')).toMatchObject({ reason_code: 'not-ready' });
    expect(agent.ledger).toHaveLength(3);
  });

  it('keeps its reports over kill -9 until they are receipted', async () => {
    orchestrator.givesReceipts = false;
    await start();
    agent.killService();
    await waitUntil(() => orchestrator.reports.length > 0);
    const id = orchestrator.reports[0]?.items[0]?.error.id ?? '';
    await agent.kill();
    expect(agent.read('state/outbox.log')).toContain(id);
    orchestrator.reports.length = 0;
    orchestrator.givesReceipts = true;
    agent.start(nats);
    const isSeen = (): boolean => orchestrator.reports.some(({ items }) => items.some(({ error }) => error.id === id));
    await waitUntil(isSeen);
    await waitUntil(
      () => agent.read('state/outbox.log').includes(`{"remove":["${id}"`) || agent.read('state/outbox.log').includes(`"${id}"]}`),
    );
  });

  it('leaves its service alone while NATS is away, and catches up', async () => {
    await start();
    const pid = agent.servicePid;
    await nats.kill();
    agent.killService();
    await waitUntil(() => agent.read('state/outbox.log').includes('"reason":"exited"'));
    expect(agent.ledger).toEqual([pid]);
    expect(agent.isAgentAlive).toBe(true);
    await nats.restart();
    await waitUntil(() => orchestrator.reports.length > 0);
    const command = await orchestrator.send(orchestrator.command());
    await orchestrator.untilPhase(command, 'succeeded');
    expect(agent.ledger).toHaveLength(2);
  });

  it('does nothing while nobody says that it may', async () => {
    await start();
    await agent.kill();
    orchestrator.silence();
    orchestrator.heartbeats.length = 0;
    agent.start(nats);
    await waitUntil(() => orchestrator.heartbeats.length > 0);
    const command = await orchestrator.send(orchestrator.command());
    await waitUntil(() => orchestrator.heartbeats.length > 8);
    expect(orchestrator.phasesOf(command)).toEqual([]);
    expect(agent.ledger).toHaveLength(1);
    orchestrator.resume();
    await orchestrator.untilPhase(command, 'succeeded');
  });
});
