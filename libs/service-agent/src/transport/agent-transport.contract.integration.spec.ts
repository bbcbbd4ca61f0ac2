import { afterEach, describe, expect, it } from '@jest/globals';
import { commandSubject, HEADERS, receiptSubject } from '#libs/contracts';
import { commandConsumer, ensureConsumer, ensureStreams } from '#libs/messaging';
import { startTestNats, waitUntil } from '#libs/testing';
import type { AgentTransport, DeliveredCommand } from './agent-transport.ts';
import { InMemoryTransport } from './in-memory-transport.ts';
import { NatsTransport } from './nats-transport.ts';

const AGENT = { tenant: 'test', agentClass: 'service' as const, agentId: 'memory-agent' };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

interface Subject {
  readonly transport: AgentTransport;
  readonly sendCommand: (body: string) => Promise<unknown>;
  readonly sendReceipt: (body: string) => void;
  readonly disconnect: () => Promise<void>;
  readonly reconnect: () => Promise<void>;
  readonly dispose: () => Promise<void>;
}

async function createInMemory(): Promise<Subject> {
  const transport = new InMemoryTransport();
  const subject = commandSubject(AGENT.tenant, AGENT.agentId);
  return {
    transport,
    sendCommand: (body) => transport.deliver({ subject, body: bytes(body), keyId: 'k', signature: 's', deliveries: 1 }),
    sendReceipt: (body) => transport.receipt(bytes(body)),
    disconnect: async () => void (transport.isConnected = false),
    reconnect: async () => transport.reconnect(),
    dispose: async () => undefined,
  };
}

async function createNats(): Promise<Subject> {
  const nats = await startTestNats({ tenant: AGENT.tenant, agents: [AGENT] });
  const orchestrator = await nats.connectOrchestrator();
  await ensureStreams(orchestrator, AGENT.tenant);
  await ensureConsumer(orchestrator, commandConsumer(AGENT.tenant, AGENT.agentId));
  const transport = new NatsTransport({
    agent: AGENT,
    url: nats.url,
    nkeySeed: nats.seed(AGENT.agentId),
    log: () => undefined,
  });
  return {
    transport,
    sendCommand: (body) =>
      orchestrator.publish({
        subject: commandSubject(AGENT.tenant, AGENT.agentId),
        body: bytes(body),
        headers: { [HEADERS.keyId]: 'k', [HEADERS.signature]: 's' },
      }),
    sendReceipt: (body) => orchestrator.send({ subject: receiptSubject(AGENT.tenant, AGENT.agentId), body: bytes(body) }),
    disconnect: () => nats.kill(),
    reconnect: () => nats.restart(),
    dispose: async () => {
      await transport.stop();
      await nats.stop();
    },
  };
}

describe.each([
  ['in memory', createInMemory],
  ['NATS', createNats],
])('an agent transport: %s', (_, create) => {
  let subject: Subject | undefined;
  afterEach(() => subject?.dispose());

  const begin = async () => {
    const created = await create();
    subject = created;
    const seen = { connections: 0, commands: [] as DeliveredCommand[], receipts: [] as string[] };
    created.transport.start({
      onReceipt: (body) => seen.receipts.push(new TextDecoder().decode(body)),
      onControl: async () => undefined,
      onCommand: async (command) => {
        seen.commands.push(command);
        return { action: 'ack' };
      },
      onConnected: () => void (seen.connections += 1),
    });
    await waitUntil(() => seen.connections === 1 && created.transport.isConnected);
    return { ...created, seen };
  };
  const report = { kind: 'report' as const, body: { v: 1 }, messageId: 'm1', headers: { [HEADERS.ageMs]: '1' } };

  it('resolves a publication when the broker has it', async () => {
    const { transport } = await begin();
    await expect(transport.publish(report)).resolves.toBeUndefined();
  });

  it('hands over commands as they were sent, with their signature', async () => {
    const { sendCommand, seen } = await begin();
    await sendCommand('{"a":1}');
    await waitUntil(() => seen.commands.length === 1);
    expect(seen.commands[0]).toMatchObject({ subject: 'zt.test.cmd.memory-agent', keyId: 'k', signature: 's', deliveries: 1 });
    expect(Buffer.from(seen.commands[0]?.body ?? []).toString()).toBe('{"a":1}');
  });

  it('hands over receipts', async () => {
    const { sendReceipt, seen } = await begin();
    sendReceipt('{"v":1}');
    await waitUntil(() => seen.receipts.length === 1);
    expect(seen.receipts).toEqual(['{"v":1}']);
  });

  it('refuses to publish, drops what may be lost, and says when the broker is back', async () => {
    const { transport, disconnect, reconnect, seen } = await begin();
    await disconnect();
    await waitUntil(() => !transport.isConnected);
    await expect(transport.publish(report)).rejects.toMatchObject({ retryable: true });
    expect(() => transport.send({ kind: 'heartbeat', body: { v: 1 } })).not.toThrow();
    await reconnect();
    await waitUntil(() => seen.connections === 2 && transport.isConnected);
    await transport.publish(report);
  });
});
