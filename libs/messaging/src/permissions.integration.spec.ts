import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import {
  agentInboxPrefix,
  type AgentAddress,
  agentSubject,
  commandSubject,
  controlSubject,
  everyFeedSubject,
  FEED_READER,
  feedSubject,
  receiptSubject,
} from '#libs/contracts';
import { startTestNats, type TestNats, waitUntil } from '#libs/testing';
import {
  ack,
  commandConsumer,
  Provisioner,
  pullCommands,
  readControlState,
  type NatsLink,
  type RunningConsumer,
} from './index.ts';

const tenant = 'test';
const own = { tenant, agentClass: 'service', agentId: 'own-agent' } satisfies AgentAddress;
const other = { tenant, agentClass: 'service', agentId: 'other-agent' } satisfies AgentAddress;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

let nats: TestNats;
let orchestrator: NatsLink;
let agent: NatsConnection;

beforeAll(async () => {
  nats = await startTestNats({ tenant, agents: [own, other] });
  orchestrator = await nats.connectOrchestrator();
  const provisioner = new Provisioner({ link: orchestrator, tenant, log: () => {} });
  await provisioner.addConsumer(commandConsumer(tenant, own.agentId));
  await provisioner.addConsumer(commandConsumer(tenant, other.agentId));
  agent = await nats.connectRaw(own.agentId, agentInboxPrefix(own.agentId));
});

afterAll(() => nats.stop());

describe('what an agent may do', () => {
  let link: NatsLink;
  let commands: RunningConsumer | undefined;

  beforeAll(async () => {
    link = await nats.connectAgent(own.agentId);
  });
  afterAll(() => commands?.stop());

  it('publishes each kind of message and learns that the broker has it', async () => {
    for (const kind of ['report', 'result', 'heartbeat', 'metric'] as const) {
      const stored = await link.publish({ subject: agentSubject(own, kind), body: bytes('{}'), messageId: `${kind}-1` });
      expect(stored.sequence).toBeGreaterThan(0);
      expect(stored.isDuplicate).toBe(false);
    }
  });

  it('is told that a repeated message id was stored before', async () => {
    const message = { subject: agentSubject(own, 'report'), body: bytes('{}'), messageId: 'twice' };
    const first = await link.publish(message);
    await expect(link.publish(message)).resolves.toEqual({ ...first, isDuplicate: true });
  });

  it('reads the control state directly', async () => {
    await expect(readControlState(link, tenant)).resolves.toBeUndefined();
    await orchestrator.publish({ subject: controlSubject(tenant), body: bytes('one'), headers: { 'Zt-Key-Id': 'k1' } });
    await orchestrator.publish({ subject: controlSubject(tenant), body: bytes('two'), headers: { 'Zt-Key-Id': 'k2' } });
    const state = await readControlState(link, tenant);
    expect(new TextDecoder().decode(state?.data)).toBe('two');
    expect(state?.header('Zt-Key-Id')).toBe('k2');
  });

  it('hears its receipts and the control state', async () => {
    const heard: string[] = [];
    const both = new Promise<void>((resolve) => {
      const listener = ({ subject }: { subject: string }): void => {
        heard.push(subject);
        if (heard.length === 2) resolve();
      };
      link.subscribe(receiptSubject(tenant, own.agentId), listener);
      link.subscribe(controlSubject(tenant), listener);
    });
    await link.connection.flush();
    orchestrator.send({ subject: receiptSubject(tenant, own.agentId), body: bytes('{}') });
    orchestrator.send({ subject: controlSubject(tenant), body: bytes('{}') });
    await both;
    expect(heard).toEqual([receiptSubject(tenant, own.agentId), controlSubject(tenant)]);
  });

  it('receives its own commands only, once each, in order', async () => {
    const received: string[] = [];
    const three = new Promise<void>((resolve) => {
      const handle = async (command: { data: Uint8Array }) => {
        received.push(new TextDecoder().decode(command.data));
        if (received.length === 3) resolve();
        return ack();
      };
      commands = pullCommands({ link, tenant, agentId: own.agentId, handle, log: () => {} });
    });
    for (const [agentId, body] of [
      [own.agentId, '1'],
      [other.agentId, 'not mine'],
      [own.agentId, '2'],
      [own.agentId, '3'],
    ] as const) {
      await orchestrator.publish({
        subject: commandSubject(tenant, agentId),
        body: bytes(body),
        messageId: `${agentId}-${body}`,
      });
    }
    await three;
    expect(received).toEqual(['1', '2', '3']);
  });

  it('is told at once that a foreign publish is refused', async () => {
    const message = { subject: agentSubject(other, 'report'), body: bytes('{}'), messageId: 'x' };
    await expect(link.publish(message)).rejects.toMatchObject({ code: 'publish-refused', retryable: false });
  });
});

describe('a reader of the feeds', () => {
  const stream = 'ZT_TEST_FEED';
  let reader: NatsConnection;
  beforeAll(async () => {
    reader = await nats.connectRaw(FEED_READER, agentInboxPrefix(FEED_READER));
  });

  it('hears what comes, and gets what came, by its number', async () => {
    const heard = new Promise<string>((resolve) => {
      reader.subscribe(everyFeedSubject(tenant), { callback: (_error, { subject }) => resolve(subject) });
    });
    await reader.flush();
    const { sequence } = await orchestrator.publish({ subject: feedSubject(tenant, 'errors'), body: bytes('{"n":1}') });
    await expect(heard).resolves.toBe(feedSubject(tenant, 'errors'));
    const manager = await jetstreamManager(reader, { checkAPI: false });
    const queries = [{ last_by_subj: feedSubject(tenant, 'errors') }, { seq: 1, next_by_subj: everyFeedSubject(tenant) }];
    for (const query of [{ seq: sequence }, ...queries]) {
      const stored = await manager.direct.getMessage(stream, query);
      expect([stored?.seq, stored?.json()]).toEqual([sequence, { n: 1 }]);
    }
    await expect(manager.direct.getMessage(stream, { seq: sequence + 1 })).resolves.toBeNull();
  });

  it('has no answer of the server taken for a call to JetStream', async () => {
    const calls = ['STREAM.PURGE', 'STREAM.DELETE'].map((call) => `$JS.API.${call}.${stream}`);
    const replies = [...calls, commandSubject(tenant, other.agentId), agentSubject(other, 'report')];
    const manager = await jetstreamManager(orchestrator.connection);
    const count = async (name: string): Promise<number> => (await manager.streams.info(name)).state.messages;
    const streams = [stream, 'ZT_TEST_REPORTS', 'ZT_TEST_COMMANDS'];
    const before = await Promise.all(streams.map(count));
    for (const reply of replies) {
      reader.publish(`$JS.API.DIRECT.GET.${stream}`, '{"seq":1}', { reply });
      reader.publish(`$JS.API.DIRECT.GET.${stream}.${feedSubject(tenant, 'errors')}`, '', { reply });
    }
    // Answered after the ones before it.
    await (await jetstreamManager(reader, { checkAPI: false })).direct.getMessage(stream, { seq: 1 });
    expect(await Promise.all(streams.map(count))).toEqual(before);
  });
});

describe('an agent that is registered while the server runs', () => {
  it('gets in, and those who were there before stay connected', async () => {
    const late = { tenant, agentClass: 'service', agentId: 'late-agent' } satisfies AgentAddress;
    let reconnections = 0;
    const before = await nats.connectAgent(own.agentId);
    before.onReconnected(() => void reconnections++);
    await nats.addAgent(late);
    const link = await nats.connectAgent(late.agentId);
    await expect(link.publish({ subject: agentSubject(late, 'report'), body: bytes('{}') })).resolves.toBeDefined();
    await expect(before.publish({ subject: agentSubject(own, 'report'), body: bytes('{}') })).resolves.toBeDefined();
    expect(reconnections).toBe(0);
  });
});

describe('what the server answers', () => {
  /** The server sends its answer to any subject that the request names: no allow-list holds for that. */
  const answerTo = (reply: string): void => agent.publish(agentSubject(own, 'report'), '{}', { reply });
  const commands = 'ZT_TEST_COMMANDS';

  it('is never heard under the name of another agent, nor taken for a call to JetStream', async () => {
    const manager = await jetstreamManager(orchestrator.connection);
    for (const stream of ['ZT_TEST_REPORTS', commands]) await manager.streams.purge(stream);
    await orchestrator.publish({ subject: commandSubject(tenant, other.agentId), body: bytes('{}') });
    await orchestrator.publish({ subject: controlSubject(tenant), body: bytes('the control state') });
    await orchestrator.publish({ subject: commandSubject(tenant, own.agentId), body: bytes('{}') });

    const stolen = [agentSubject(other, 'report'), commandSubject(tenant, other.agentId), controlSubject(tenant)];
    const calls = [
      'STREAM.PURGE.ZT_TEST_COMMANDS',
      'STREAM.DELETE.ZT_TEST_RESULTS',
      `CONSUMER.DELETE.${commands}.cmd-other-agent`,
    ];
    const replies = [...stolen, ...calls.map((call) => `$JS.API.${call}`)];
    for (const reply of replies) {
      answerTo(reply);
      agent.publish(`$JS.API.CONSUMER.MSG.NEXT.${commands}.cmd-own-agent`, '{"batch":1,"no_wait":true}', { reply });
      agent.publish(`$JS.API.DIRECT.GET.ZT_TEST_CONTROL.${controlSubject(tenant)}`, '', { reply });
    }
    await agent.flush();
    await waitUntil(async () => (await manager.streams.info('ZT_TEST_REPORTS')).state.messages >= replies.length);

    const { state } = await manager.streams.info(commands, { subjects_filter: '>' });
    expect(state.subjects).toEqual({ [commandSubject(tenant, own.agentId)]: 1, [commandSubject(tenant, other.agentId)]: 1 });
    const reports = await manager.streams.info('ZT_TEST_REPORTS', { subjects_filter: '>' });
    expect(Object.keys(reports.state.subjects ?? {})).toEqual([agentSubject(own, 'report')]);
    await expect(manager.streams.info('ZT_TEST_RESULTS')).resolves.toBeDefined();
    await expect(manager.consumers.info(commands, 'cmd-other-agent')).resolves.toBeDefined();
    expect(new TextDecoder().decode((await readControlState(orchestrator, tenant))?.data)).toBe('the control state');
  });
});
