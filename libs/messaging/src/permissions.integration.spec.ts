import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { jetstreamManager } from '@nats-io/jetstream';
import { errors, type NatsConnection } from '@nats-io/transport-node';
import {
  agentInboxPrefix,
  type AgentAddress,
  agentSubject,
  commandSubject,
  controlSubject,
  everyFeedSubject,
  FEED_READER,
  feedSubject,
  logHeadSubject,
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

/** The server's answer to a publish: it reports a violation on the connection, which is what the next status event says. */
async function publishIsRefused(subject: string, user = agent): Promise<boolean> {
  const refused = (async (): Promise<boolean> => {
    for await (const status of user.status()) {
      if (status.type === 'error' && status.error instanceof errors.PermissionViolationError) {
        return status.error.operation === 'publish' && status.error.subject === subject;
      }
    }
    return false;
  })();
  user.publish(subject, '{}');
  return refused;
}

async function subscribeIsRefused(subject: string, user = agent): Promise<boolean> {
  const refused = new Promise<boolean>((resolve) => {
    user.subscribe(subject, { callback: (error) => resolve(error instanceof errors.PermissionViolationError) });
  });
  return refused;
}

beforeAll(async () => {
  nats = await startTestNats({ tenant, agents: [own, other] });
  orchestrator = await nats.connectOrchestrator();
  const provisioner = new Provisioner({ link: orchestrator, tenant, log: () => {} });
  await provisioner.addConsumer(commandConsumer(tenant, own.agentId));
  await provisioner.addConsumer(commandConsumer(tenant, other.agentId));
  agent = await nats.connectRaw(own.agentId, agentInboxPrefix(own.agentId));
});

afterAll(() => nats.stop());

describe('what an agent may not do', () => {
  it.each([
    ['a report of another agent', agentSubject(other, 'report')],
    ['a report of its own name in another class', agentSubject({ ...own, agentClass: 'browser' }, 'report')],
    ['a report in another tenant', agentSubject({ ...own, tenant: 'else' }, 'report')],
    ['a command, even to itself', commandSubject(tenant, own.agentId)],
    ['a command to another agent', commandSubject(tenant, other.agentId)],
    ['the control state', controlSubject(tenant)],
    ['its own receipt', receiptSubject(tenant, own.agentId)],
    ['the receipt of another agent', receiptSubject(tenant, other.agentId)],
    ['the feed', feedSubject(tenant, 'errors')],
    ['the head of the log', logHeadSubject(tenant)],
    ["another agent's inbox", `${agentInboxPrefix(other.agentId)}.x`],
    ['the creation of a stream', '$JS.API.STREAM.CREATE.MINE'],
    ['the deletion of a stream', '$JS.API.STREAM.DELETE.ZT_TEST_COMMANDS'],
    ['the purge of a stream', '$JS.API.STREAM.PURGE.ZT_TEST_REPORTS'],
    ['the look into a stream', '$JS.API.STREAM.MSG.GET.ZT_TEST_COMMANDS'],
    ['a direct get of a command', `$JS.API.DIRECT.GET.ZT_TEST_COMMANDS.${commandSubject(tenant, other.agentId)}`],
    ['the creation of a consumer', '$JS.API.CONSUMER.CREATE.ZT_TEST_COMMANDS'],
    ['the creation of a named consumer', '$JS.API.CONSUMER.CREATE.ZT_TEST_COMMANDS.spy'],
    ['the deletion of its consumer', '$JS.API.CONSUMER.DELETE.ZT_TEST_COMMANDS.cmd-own-agent'],
    ['the list of consumers', '$JS.API.CONSUMER.NAMES.ZT_TEST_COMMANDS'],
    ["a pull on another agent's consumer", '$JS.API.CONSUMER.MSG.NEXT.ZT_TEST_COMMANDS.cmd-other-agent'],
    ["an acknowledgement on another agent's consumer", '$JS.ACK.ZT_TEST_COMMANDS.cmd-other-agent.1.1.1.1.0'],
    ['a request to the server itself', '$SYS.REQ.SERVER.PING'],
  ])('publishing %s is refused by the server', async (_what, subject) => {
    await expect(publishIsRefused(subject)).resolves.toBe(true);
  });

  it.each([
    ['all commands', `zt.${tenant}.cmd.>`],
    ["another agent's commands", commandSubject(tenant, other.agentId)],
    ['its own commands past the consumer', commandSubject(tenant, own.agentId)],
    ["another agent's receipts", receiptSubject(tenant, other.agentId)],
    ['all receipts', `zt.${tenant}.receipt.*`],
    ["another agent's reports", agentSubject(other, 'report')],
    ["another agent's inbox", `${agentInboxPrefix(other.agentId)}.>`],
    ['everybody else’s inbox', '_INBOX.>'],
    ['everything', '>'],
    ['the calls to JetStream', '$JS.API.>'],
    ['the advisories', '$JS.EVENT.ADVISORY.>'],
  ])('reading %s is refused by the server', async (_what, subject) => {
    await expect(subscribeIsRefused(subject)).resolves.toBe(true);
  });

  it('connecting without a credential is refused', async () => {
    const { connect } = await import('@nats-io/transport-node');
    await expect(connect({ servers: nats.url, timeout: 2_000 })).rejects.toThrow(/Authorization Violation/i);
  });
});

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

  it.each([
    ['a feed', feedSubject(tenant, 'errors')],
    ['a command', commandSubject(tenant, own.agentId)],
    ['a report', agentSubject(own, 'report')],
    ['the control state', controlSubject(tenant)],
    ['the creation of a consumer', `$JS.API.CONSUMER.CREATE.${stream}`],
    ['the creation of a named consumer', `$JS.API.CONSUMER.CREATE.${stream}.spy`],
    ['the creation of a durable consumer', `$JS.API.CONSUMER.DURABLE.CREATE.${stream}.spy`],
    ['the deletion of the stream', `$JS.API.STREAM.DELETE.${stream}`],
    ['the purge of the stream', `$JS.API.STREAM.PURGE.${stream}`],
    ['the deletion of a message', `$JS.API.STREAM.MSG.DELETE.${stream}`],
    ['the look into another stream', '$JS.API.STREAM.MSG.GET.ZT_TEST_REPORTS'],
    ['a direct get from another stream', '$JS.API.DIRECT.GET.ZT_TEST_CONTROL'],
  ])('is refused by the server: publishing %s', async (_what, subject) => {
    await expect(publishIsRefused(subject, reader)).resolves.toBe(true);
  });

  it.each([
    ['commands', `zt.${tenant}.cmd.>`],
    ['reports', agentSubject(own, 'report')],
    ['the control state', controlSubject(tenant)],
    ["an agent's inbox", `${agentInboxPrefix(own.agentId)}.>`],
    ['everything', '>'],
  ])('is refused by the server: hearing %s', async (_what, subject) => {
    await expect(subscribeIsRefused(subject, reader)).resolves.toBe(true);
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
