import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { jetstreamManager } from '@nats-io/jetstream';
import { commandConsumerName, commandSubject, controlSubject, jetStreamName, receiptSubject } from '#libs/contracts';
import { commandConsumer, ensureConsumer, ensureStreams, type NatsLink } from '#libs/messaging';
import { FaultProxy, startTestNats, type TestNats, waitUntil } from '#libs/testing';
import type { TransportListeners } from './agent-transport.ts';
import { NatsTransport } from './nats-transport.ts';

const AGENT = { tenant: 'test', agentClass: 'service' as const, agentId: 'memory-agent' };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = ({ body }: { body: Uint8Array }): string => new TextDecoder().decode(body);

const listeners = (over: Partial<TransportListeners>): TransportListeners => ({
  onReceipt: () => undefined,
  onControl: async () => undefined,
  onCommand: async () => ({ action: 'ack' }),
  onConnected: () => undefined,
  ...over,
});

describe('NatsTransport, when its link comes back', () => {
  let nats: TestNats;
  let proxy: FaultProxy;
  let orchestrator: NatsLink;
  let transport: NatsTransport;

  beforeEach(async () => {
    nats = await startTestNats({ tenant: AGENT.tenant, agents: [AGENT] });
    proxy = await FaultProxy.start(nats.url);
    orchestrator = await nats.connectOrchestrator();
    await ensureStreams(orchestrator, AGENT.tenant);
    await ensureConsumer(orchestrator, commandConsumer(AGENT.tenant, AGENT.agentId));
    const nkeySeed = nats.seed(AGENT.agentId);
    transport = new NatsTransport({ agent: AGENT, url: proxy.url, nkeySeed, log: () => undefined });
  });
  afterEach(async () => {
    await transport.stop();
    await proxy.leave();
    await nats.stop();
  });

  const say = (state: string) => orchestrator.publish({ subject: controlSubject(AGENT.tenant), body: bytes(state) });
  /** The broker has given the command out, and nobody has acknowledged it. */
  const untilInHand = async (): Promise<void> => {
    const { consumers } = await jetstreamManager(await nats.connectRaw('administrator'));
    const [stream, name] = [jetStreamName(AGENT.tenant, 'commands'), commandConsumerName(AGENT.agentId)];
    await waitUntil(async () => (await consumers.info(stream, name)).num_ack_pending === 1);
  };

  it('hands no command on before it has read what was said meanwhile', async () => {
    const seen: string[] = [];
    let letControlBeKnown = (): void => undefined;
    const gate = new Promise<void>((resolve) => (letControlBeKnown = resolve));
    await say('running');
    transport.start(
      listeners({
        onControl: async (message) => {
          if (read(message) === 'stopped') await gate;
          seen.push(read(message));
        },
        onCommand: async (command) => {
          seen.push(read(command));
          return { action: 'ack' };
        },
        onReceipt: () => seen.push('receipt'),
      }),
    );
    await waitUntil(() => seen.includes('running'));
    await proxy.leave();
    await waitUntil(() => !transport.isConnected);
    await say('stopped');
    await orchestrator.publish({ subject: commandSubject(AGENT.tenant, AGENT.agentId), body: bytes('command') });
    await proxy.listen();
    await untilInHand();
    // What was sent before the receipt has come before it.
    orchestrator.send({ subject: receiptSubject(AGENT.tenant, AGENT.agentId), body: bytes('{}') });
    await waitUntil(() => seen.includes('receipt'));
    letControlBeKnown();
    await waitUntil(() => seen.includes('command'));
    // A connection that breaks once more as it comes back reads what was said once more.
    expect([...new Set(seen)]).toEqual(['running', 'receipt', 'stopped', 'command']);
  });

  it('ends while it still waits for the control state, and hands nothing on', async () => {
    const seen: string[] = [];
    await say('running');
    transport.start(
      listeners({
        onControl: async () => {
          seen.push('control');
          throw new Error('not now');
        },
        onCommand: async () => {
          seen.push('command');
          return { action: 'ack' };
        },
      }),
    );
    await orchestrator.publish({ subject: commandSubject(AGENT.tenant, AGENT.agentId), body: bytes('command') });
    await waitUntil(() => seen.length > 0);
    await transport.stop();
    expect(seen).not.toContain('command');
  });
});

describe('NatsTransport, with a server that is too old', () => {
  let server: Server;
  let connections = 0;

  beforeEach(async () => {
    connections = 0;
    server = createServer((socket) => {
      connections += 1;
      socket.write('INFO {"server_id":"old","version":"2.9.0","max_payload":1048576,"headers":true,"jetstream":true}\r\n');
      socket.on('data', (data) => data.includes('PING') && socket.write('PONG\r\n'));
      socket.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => {
    server.close();
  });

  it('says so and tries again, as it may be replaced', async () => {
    const said: string[] = [];
    const address = server.address();
    const url = `nats://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    const log = (_: string, message: string, fields = {}): void => void said.push(`${message} ${JSON.stringify(fields)}`);
    const transport = new NatsTransport({ agent: AGENT, url, nkeySeed: undefined, log });
    transport.start(listeners({}));
    await waitUntil(() => connections >= 3);
    await transport.stop();
    expect(said.join('\n')).toContain('it is version 2.9.0');
  });
});
