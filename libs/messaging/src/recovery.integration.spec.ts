import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { agentSubject, commandSubject, type AgentAddress } from '#libs/contracts';
import { startTestNats, type TestNats, waitUntil } from '#libs/testing';
import {
  ack,
  type BatchHandler,
  commandConsumer,
  connectToNats,
  ensureConsumer,
  ensureStreams,
  intakeConsumer,
  type NatsLink,
  type OutboundMessage,
  Provisioner,
  pullCommands,
  type RunningConsumer,
  startBatchConsumer,
} from './index.ts';

const tenant = 'test';
const agent = { tenant, agentClass: 'service', agentId: 'a' } satisfies AgentAddress;
const reports = intakeConsumer(tenant, 'reports');
const commands = commandConsumer(tenant, agent.agentId);

let nats: TestNats;
let orchestrator: NatsLink;
let agentLink: NatsLink;
let provisioner: Provisioner;
let manager: JetStreamManager;
let running: RunningConsumer[];
let seen: Set<string>;

const text = ({ data }: { data: Uint8Array }): string => new TextDecoder().decode(data);
const report = (body: string): OutboundMessage => ({
  subject: agentSubject(agent, 'report'),
  body: new TextEncoder().encode(body),
  messageId: body,
  timeoutMs: 500,
});
const command = (body: string): OutboundMessage => ({ ...report(body), subject: commandSubject(tenant, agent.agentId) });

/** As an outbox or a relay does: until the broker has it. */
async function publishUntilStored(link: NatsLink, message: OutboundMessage): Promise<void> {
  await waitUntil(async () => {
    try {
      await link.publish(message);
      return true;
    } catch {
      return false;
    }
  });
}

const remember: BatchHandler = async (messages) => {
  for (const message of messages) seen.add(text(message));
  return messages.map(ack);
};

function consumeReports(): void {
  const ensure = (): Promise<void> => provisioner.ensure();
  const names = { stream: reports.stream, consumer: reports.name };
  running.push(
    startBatchConsumer({ link: orchestrator, ...names, handle: remember, ensure, deadLetter: async () => {}, log: () => {} }),
  );
}

function consumeCommands(): void {
  const handle = async (message: { data: Uint8Array }) => {
    seen.add(text(message));
    return ack();
  };
  running.push(pullCommands({ link: agentLink, tenant, agentId: agent.agentId, handle, log: () => {} }));
}

beforeEach(async () => {
  running = [];
  seen = new Set();
  nats = await startTestNats({ tenant, agents: [agent] });
  orchestrator = await nats.connectOrchestrator();
  agentLink = await nats.connectAgent(agent.agentId);
  manager = await jetstreamManager(orchestrator.connection);
  provisioner = new Provisioner({ link: orchestrator, tenant, log: () => {} });
});
afterEach(async () => {
  provisioner.stop();
  await Promise.all(running.map((consumer) => consumer.stop()));
  await nats.stop();
});

async function startEverything(): Promise<void> {
  await provisioner.addConsumer(reports);
  await provisioner.addConsumer(commands);
  await provisioner.start();
  consumeReports();
  consumeCommands();
  await orchestrator.publish(command('command before'));
  await agentLink.publish(report('report before'));
  await waitUntil(() => seen.size === 2);
}

async function bothGoOn(): Promise<void> {
  await publishUntilStored(orchestrator, command('command after'));
  await publishUntilStored(agentLink, report('report after'));
  await waitUntil(() => seen.has('command after') && seen.has('report after'));
}

describe('provisioning', () => {
  it('changes nothing when it is done again', async () => {
    await ensureStreams(orchestrator, tenant);
    await agentLink.publish(report('kept'));
    const before = await manager.streams.info(reports.stream);
    await ensureStreams(orchestrator, tenant);
    expect(await manager.streams.info(reports.stream)).toMatchObject({ config: before.config, state: { messages: 1 } });
  });

  it('brings a stream with an older configuration up to date and keeps its messages', async () => {
    const subjects = ['zt.test.*.*.report'];
    await manager.streams.add({ name: reports.stream, subjects, retention: 'workqueue', max_bytes: 1_000_000 });
    await agentLink.publish(report('kept'));
    await ensureStreams(orchestrator, tenant);
    const { config, state } = await manager.streams.info(reports.stream);
    expect(config).toMatchObject({ discard: 'new', max_bytes: 1_073_741_824 });
    expect(state.messages).toBe(1);
  });

  it('says what is wrong with a stream that keeps its messages in another way, and leaves it', async () => {
    await manager.streams.add({ name: reports.stream, subjects: ['zt.test.*.*.report'] });
    await agentLink.publish(report('kept'));
    await expect(provisioner.ensure()).rejects.toMatchObject({
      code: 'stream-retention-differs',
      retryable: false,
      message: 'the stream ZT_TEST_REPORTS keeps its messages by limits, but workqueue is needed',
    });
    expect((await manager.streams.info(reports.stream)).state.messages).toBe(1);
  });
});

describe('consumption goes on', () => {
  it('when the consumers are deleted', async () => {
    await startEverything();
    await manager.consumers.delete(reports.stream, reports.name);
    await manager.consumers.delete(commands.stream, commands.name);
    await bothGoOn();
  });

  it('when the streams are deleted', async () => {
    await startEverything();
    await manager.streams.delete(reports.stream);
    await manager.streams.delete(commands.stream);
    await bothGoOn();
  });

  it('when the server is killed and comes back, and nothing that was stored is missing', async () => {
    await startEverything();
    await Promise.all(running.splice(0).map((consumer) => consumer.stop()));
    for (let i = 0; i < 20; i++) await agentLink.publish(report(`stored ${i}`));
    await nats.kill();
    await waitUntil(() => !orchestrator.isConnected && !agentLink.isConnected);
    await expect(agentLink.publish(report('x'))).rejects.toMatchObject({ code: 'broker-unavailable', retryable: true });
    consumeReports();
    consumeCommands();
    await nats.restart();
    await bothGoOn();
    expect([...seen].filter((body) => body.startsWith('stored'))).toHaveLength(20);
  });

  it('when the server is killed while messages are pulled, and comes back without its disk', async () => {
    await startEverything();
    await nats.kill();
    await nats.restart({ isEmpty: true });
    await bothGoOn();
  });

  it('for an agent that starts before its stream and consumer exist', async () => {
    consumeCommands();
    await provisioner.addConsumer(commands);
    await orchestrator.publish(command('first'));
    await waitUntil(() => seen.has('first'));
  });

  it('for an agent that died while it waited for a command', async () => {
    await provisioner.addConsumer(commands);
    const dying = await nats.connectRaw(agent.agentId, '_INBOX_a');
    dying.subscribe('_INBOX_a.dead');
    const request = JSON.stringify({ batch: 1, expires: 3_000_000_000 });
    dying.publish(`$JS.API.CONSUMER.MSG.NEXT.${commands.stream}.${commands.name}`, request, { reply: '_INBOX_a.dead' });
    await dying.flush();
    await dying.close();
    await orchestrator.publish(command('for its successor'));
    consumeCommands();
    await waitUntil(() => seen.has('for its successor'), { withinMs: 5_000 });
  });
});

describe('the connection', () => {
  it('waits for a server that is not there yet', async () => {
    await nats.kill();
    const warnings: string[] = [];
    const connecting = connectToNats({
      servers: nats.url,
      name: 'early',
      nkeySeed: nats.seed('orchestrator'),
      log: (_level, message) => void warnings.push(message),
    });
    await waitUntil(() => warnings.length > 0);
    await nats.restart();
    const link = await connecting;
    expect(link.isConnected).toBe(true);
    expect([...new Set(warnings)]).toEqual(['NATS can not be reached']);
    await link.close();
  });

  it('ends its attempts when it is told to', async () => {
    await nats.kill();
    const stopping = new AbortController();
    const connecting = connectToNats({ servers: nats.url, name: 'early', log: () => stopping.abort(), signal: stopping.signal });
    await expect(connecting).rejects.toMatchObject({ code: 'broker-unavailable' });
  });

  it('refuses a credential that is none, without showing it', async () => {
    const seed = 'not-a-seed';
    const connecting = connectToNats({ servers: nats.url, name: 'wrong', nkeySeed: seed, log: () => {} });
    await expect(connecting).rejects.toMatchObject({ code: 'invalid-nkey-seed', message: expect.not.stringContaining(seed) });
  });
});

describe('a consumer that an older release made otherwise', () => {
  it('is brought to its present definition', async () => {
    await ensureStreams(orchestrator, tenant);
    await ensureConsumer(orchestrator, { ...reports, config: { ...reports.config, max_ack_pending: 7 } });
    await ensureConsumer(orchestrator, reports);
    const { config } = await manager.consumers.info(reports.stream, reports.name);
    expect(config.max_ack_pending).toBe(reports.config.max_ack_pending);
  });
});

describe('a full stream', () => {
  it('pushes back and loses nothing', async () => {
    await ensureStreams(orchestrator, tenant);
    await manager.streams.update(reports.stream, { max_msgs: 2 });
    await agentLink.publish(report('1'));
    await agentLink.publish(report('2'));
    await expect(agentLink.publish(report('3'))).rejects.toMatchObject({ code: 'broker-unavailable', retryable: true });
    expect((await manager.streams.info(reports.stream)).state.messages).toBe(2);
    await provisioner.addConsumer(reports);
    consumeReports();
    await publishUntilStored(agentLink, report('3'));
    await waitUntil(() => seen.size === 3);
  });

  it('holds nothing that was acknowledged', async () => {
    await startEverything();
    for (const { stream } of [reports, commands])
      await waitUntil(async () => (await manager.streams.info(stream)).state.messages === 0);
  });

  it('refuses a message that is too large for good', async () => {
    await ensureStreams(orchestrator, tenant);
    const body = new Uint8Array(1_100_000);
    await expect(agentLink.publish({ ...report('x'), body })).rejects.toMatchObject({
      code: 'publish-refused',
      retryable: false,
    });
    expect(agentLink.isConnected).toBe(true);
  });
});
