import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { agentSubject, type Heartbeat, type HeartbeatService } from '#libs/contracts';
import { type CoreMessage, NatsLink } from '#libs/messaging';
import { buildConfiguration } from '../../test/builders/configuration-builder.ts';
import { buildHealing } from '../../test/builders/healing-parts.ts';
import { BEGIN_MS } from '../../test/builders/incident-builder.ts';
import type { SteppedSubscriptions } from '../../test/builders/stepped-subscriptions.ts';
import { RecordingLogger } from '../../test/builders/recording-logger.ts';
import { logStreams } from '../platform/log/stream-names.ts';
import { AgentPulses } from './agent-pulses.ts';
import { ServiceStatesService } from './service-states.service.ts';

const INTERVAL_MS = 5000;

const buildHeartbeat = (...services: Partial<HeartbeatService>[]): Heartbeat => ({
  v: 1,
  agent_id: 'memory-agent',
  boot_id: '01900000-0000-7000-8000-000000000001',
  sequence: 1,
  interval_ms: INTERVAL_MS,
  services: services.map((parts) => ({
    service_id: 'memory',
    state: 'healthy',
    since_ms: 0,
    consecutive_failures: 0,
    pid: 7,
    ...parts,
  })),
});
const HEALTHY = buildHeartbeat({});

/** Orchestrators beside each other, on one log and one NATS server: all hear a heartbeat, one takes it in. */
class Replicas {
  private readonly listeners = new Set<(message: CoreMessage) => void>();
  private readonly following: SteppedSubscriptions[] = [];
  private readonly running: { beforeApplicationShutdown(): void }[] = [];

  constructor(readonly parts: Awaited<ReturnType<typeof buildHealing>>) {}

  /** `isDeaf`: cut off from NATS, and not from the log. */
  async start({ isDeaf = false, isFollowing = true } = {}): Promise<ServiceStatesService> {
    const { log, catalogue, subscriptions } = await this.parts.replica();
    const subscribe = (_subject: string, listener: (message: CoreMessage) => void): (() => void) => {
      if (!isDeaf) this.listeners.add(listener);
      return () => void this.listeners.delete(listener);
    };
    const link = Object.assign(Object.create(NatsLink.prototype), { subscribe }) as NatsLink;
    const pulses = new AgentPulses(catalogue, link, buildConfiguration());
    const states = new ServiceStatesService(log, catalogue, pulses, new RecordingLogger(), subscriptions);
    this.following.push(subscriptions);
    if (isFollowing) await subscriptions.follow('service-states');
    for (const part of [pulses, states]) part.onApplicationBootstrap();
    this.running.push(pulses, states);
    return states;
  }

  /** Lets all take in what was stored. */
  async follow(): Promise<void> {
    for (const subscriptions of this.following) await subscriptions.follow('service-states');
  }

  /** Lets all hear a message of the agent. */
  publish(body: unknown, agentId = 'memory-agent'): void {
    const subject = agentSubject({ tenant: 'test', agentClass: 'service', agentId }, 'heartbeat');
    const data = new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body));
    for (const listener of this.listeners) listener({ subject, data, header: () => undefined });
  }

  async beat(taker: ServiceStatesService, heartbeat = HEALTHY): Promise<void> {
    await this.follow();
    this.publish(heartbeat);
    await taker.onHeartbeat('memory-agent', heartbeat, BEGIN_MS);
  }

  async changes(): Promise<unknown[]> {
    return (await this.parts.log.store.readStream(logStreams.service('memory'))).map(({ data }) => data['to']);
  }

  stop(): void {
    for (const part of this.running) part.beforeApplicationShutdown();
    expect(this.listeners.size).toBe(0);
    expect(jest.getTimerCount()).toBe(0);
  }
}

const pass = (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);

let replicas: Replicas;
beforeEach(async () => {
  jest.useFakeTimers({ doNotFake: ['nextTick'] }); // the loggers' first tick is no timer of ours
  replicas = new Replicas(await buildHealing());
});
afterEach(() => {
  replicas.stop();
  jest.useRealTimers();
});

describe('heartbeats', () => {
  it('store changes only', async () => {
    const states = await replicas.start();
    for (const state of ['healthy', 'healthy', 'unhealthy', 'unhealthy'] as const) {
      await replicas.beat(states, buildHeartbeat({ state }));
    }
    expect(await replicas.changes()).toEqual(['healthy', 'unhealthy']);
  });

  it('say nothing when they come after a later one, unless the agent was started anew', async () => {
    const states = await replicas.start();
    const beat = (sequence: number, state: HeartbeatService['state'], life = {}): Promise<void> =>
      replicas.beat(states, { ...buildHeartbeat({ state }), sequence, ...life });
    await beat(2, 'unhealthy');
    await beat(1, 'healthy');
    expect(await replicas.changes()).toEqual(['unhealthy']);
    await beat(1, 'healthy', { boot_id: '01900000-0000-7000-8000-000000000002' });
    expect(await replicas.changes()).toEqual(['unhealthy', 'healthy']);
  });

  it('say nothing when as many later ones were heard as make an agent silent, whoever took those in', async () => {
    const states = await replicas.start();
    const beat = (sequence: number): Heartbeat => ({ ...buildHeartbeat({ state: 'unhealthy' }), sequence });
    for (const sequence of [5, 4]) replicas.publish(beat(sequence));
    await states.onHeartbeat('memory-agent', beat(2), BEGIN_MS);
    expect(await replicas.changes()).toEqual([]);
    await states.onHeartbeat('memory-agent', beat(3), BEGIN_MS);
    expect(await replicas.changes()).toEqual(['unhealthy']);
    const anew = { ...buildHeartbeat({}), sequence: 1, boot_id: '01900000-0000-7000-8000-000000000002' };
    await states.onHeartbeat('memory-agent', anew, BEGIN_MS);
    expect(await replicas.changes()).toEqual(['unhealthy', 'healthy']);
  });

  it('say so again when they could not be stored the first time', async () => {
    const states = await replicas.start();
    jest.spyOn(replicas.parts.events, 'append').mockRejectedValueOnce(new Error('away'));
    await expect(replicas.beat(states)).rejects.toThrow('away');
    await replicas.beat(states);
    expect(await replicas.changes()).toEqual(['healthy']);
  });

  it('say nothing about services of another agent', async () => {
    const states = await replicas.start();
    await states.onHeartbeat('rag-agent', HEALTHY, BEGIN_MS);
    await states.onHeartbeat('memory-agent', buildHeartbeat({ service_id: 'rag' }), BEGIN_MS);
    expect(await replicas.changes()).toEqual([]);
    expect(await replicas.parts.typesOf(logStreams.service('rag'))).toEqual([]);
  });

  it('come to one change when two replicas take in the same', async () => {
    const both = [await replicas.start(), await replicas.start()];
    await Promise.all(both.map((states) => states.onHeartbeat('memory-agent', HEALTHY, BEGIN_MS)));
    expect(await replicas.changes()).toEqual(['healthy']);
  });

  it('go on from what the log says after a restart', async () => {
    await replicas.beat(await replicas.start());
    await replicas.beat(await replicas.start());
    expect(await replicas.changes()).toEqual(['healthy']);
  });

  it('read nothing of the log while they tell nothing new, and then only what was added since', async () => {
    const states = await replicas.start();
    await replicas.beat(states);
    await replicas.follow();
    const readStream = jest.spyOn(replicas.parts.events, 'readStream');
    await replicas.beat(states);
    expect(readStream.mock.calls).toEqual([]);
    await replicas.beat(states, buildHeartbeat({ state: 'unhealthy' }));
    expect(readStream.mock.calls).toEqual([[logStreams.service('memory'), { fromVersion: 2 }]]);
  });

  it('are known to whoever asks, also where another replica took them in', async () => {
    const [one, other] = [await replicas.start(), await replicas.start()];
    expect((await other.load('memory')).state).toBe('unknown');
    await replicas.beat(one);
    expect((await other.load('memory')).state).toBe('healthy');
    await replicas.beat(one, buildHeartbeat({ state: 'stopped' }));
    expect((await other.load('memory')).state).toBe('stopped');
  });

  it('say what is so now, though another replica took in what was so before', async () => {
    const [one, other] = [await replicas.start(), await replicas.start()];
    await replicas.beat(one);
    await replicas.beat(other, buildHeartbeat({ state: 'unhealthy' }));
    await replicas.beat(one);
    expect(await replicas.changes()).toEqual(['healthy', 'unhealthy', 'healthy']);
  });

  it('are read anew where they were read before the log was followed', async () => {
    const one = await replicas.start({ isFollowing: false });
    await replicas.parts.say('memory', 'healthy');
    await one.load('memory');
    await replicas.parts.say('memory', 'unhealthy');
    expect(one.suppose('memory')).toMatchObject({ said: { state: 'healthy' } });
    await replicas.follow();
    expect(one.suppose('memory')).toBeUndefined();
  });

  it('are read anew where what is followed has a hole', async () => {
    const [one, other] = [await replicas.start(), await replicas.start()];
    await replicas.beat(other);
    await replicas.follow();
    // An answer that was under way when that was stored.
    jest.spyOn(replicas.parts.events, 'readStream').mockResolvedValueOnce([]);
    await one.load('memory');
    await replicas.beat(other, buildHeartbeat({ state: 'unhealthy' }));
    expect(one.suppose('memory')).toMatchObject({ said: { state: 'unknown' }, unchanged: { expected: 'none' } });
    await replicas.follow();
    expect(one.suppose('memory')).toBeUndefined();
    expect((await one.load('memory')).state).toBe('unhealthy');
  });
});

describe('three missing heartbeats', () => {
  it('make the services of the agent unknown, once, until it is heard again', async () => {
    const states = await replicas.start();
    await replicas.beat(states);
    await pass(3 * INTERVAL_MS - 1000);
    expect(await replicas.changes()).toEqual(['healthy']);
    await pass(1000);
    expect(await replicas.changes()).toEqual(['healthy', 'unknown']);
    await pass(60_000);
    await replicas.beat(states);
    expect(await replicas.changes()).toEqual(['healthy', 'unknown', 'healthy']);
  });

  it('are missed from the start on where the agent is never heard', async () => {
    await replicas.beat(await replicas.start());
    replicas.stop();
    await replicas.start();
    await pass(29_000);
    expect(await replicas.changes()).toEqual(['healthy']);
    await pass(1000);
    expect(await replicas.changes()).toEqual(['healthy', 'unknown']);
  });

  it('are not missed by a replica while the other takes them all in', async () => {
    const [taker] = [await replicas.start(), await replicas.start()];
    for (let i = 0; i < 20; i++) {
      await replicas.beat(taker);
      await pass(INTERVAL_MS);
    }
    expect(await replicas.changes()).toEqual(['healthy']);
  });

  it('are said once by several replicas', async () => {
    const [taker] = [await replicas.start(), await replicas.start()];
    await replicas.beat(taker);
    await pass(60_000);
    expect(await replicas.changes()).toEqual(['healthy', 'unknown']);
  });

  it('are contradicted by a replica that hears them', async () => {
    const [taker] = [await replicas.start(), await replicas.start({ isDeaf: true })];
    for (let i = 0; i < 20; i++) {
      await replicas.beat(taker);
      await pass(INTERVAL_MS);
    }
    expect(await replicas.changes()).toEqual(['healthy', 'unknown', 'healthy']);
  });

  it('are not made up for by what is no heartbeat, or not of a known agent', async () => {
    const states = await replicas.start();
    await replicas.beat(states);
    await pass(2 * INTERVAL_MS);
    for (const body of ['no json', {}, { ...HEALTHY, v: 2 }]) replicas.publish(body);
    replicas.publish(HEALTHY, 'rag-agent');
    await pass(INTERVAL_MS);
    expect(await replicas.changes()).toEqual(['healthy', 'unknown']);
  });
});
