import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { agentSubject } from '#libs/contracts';
import { type CoreMessage, NatsLink } from '#libs/messaging';
import { buildConfiguration } from '../../test/builders/configuration-builder.ts';
import { buildHealing } from '../../test/builders/healing-parts.ts';
import { AgentPulses } from './agent-pulses.ts';

const MISSING = 3;
const SILENT_AFTER_MS = MISSING * 10_000;
const LOOK_MS = 1_000;
const AGENT = 'memory-agent';

let hear: ((message: CoreMessage) => void) | undefined;
const subscribe = (_subject: string, listener: (message: CoreMessage) => void): (() => void) => {
  hear = listener;
  return () => undefined;
};
const link = Object.assign(Object.create(NatsLink.prototype) as NatsLink, { subscribe });

function beat(bootId: string, sequence: number): void {
  const heartbeat = { v: 1, agent_id: AGENT, boot_id: bootId, sequence, interval_ms: 10_000, services: [] };
  hear?.({
    subject: agentSubject({ tenant: 'main', agentClass: 'service', agentId: AGENT }, 'heartbeat'),
    data: new TextEncoder().encode(JSON.stringify(heartbeat)),
  } as CoreMessage);
}

describe('the pulses of agents of whom nothing is heard', () => {
  let nowMs = 0;

  afterEach(() => {
    jest.restoreAllMocks();
  });

  async function begin(): Promise<AgentPulses> {
    const { catalogue } = await buildHealing();
    jest.spyOn(performance, 'now').mockImplementation(() => nowMs);
    const pulses = new AgentPulses(catalogue, link, buildConfiguration());
    pulses.onApplicationBootstrap();
    return pulses;
  }

  function lookFor(pulses: AgentPulses, ms: number): number {
    for (const endMs = nowMs + ms; nowMs < endMs; nowMs += LOOK_MS) pulses.listSilent();
    return pulses.listSilent().length;
  }

  it('are missed once so many heartbeats are missing', async () => {
    const pulses = await begin();
    expect(lookFor(pulses, SILENT_AFTER_MS - LOOK_MS)).toBe(0);
    expect(lookFor(pulses, LOOK_MS)).toBeGreaterThan(0);
  });

  it('are not missed because this process stood still', async () => {
    const pulses = await begin();
    expect(lookFor(pulses, 5_000)).toBe(0);
    nowMs += 2 * SILENT_AFTER_MS;
    expect(lookFor(pulses, SILENT_AFTER_MS - 5_000 - LOOK_MS)).toBe(0);
    expect(lookFor(pulses, LOOK_MS)).toBeGreaterThan(0);
  });

  it('are missed as soon as ever where one was heard right after a standstill', async () => {
    const pulses = await begin();
    expect(lookFor(pulses, 5_000)).toBe(0);
    nowMs += 10 * SILENT_AFTER_MS;
    beat(randomUUID(), 1);
    lookFor(pulses, SILENT_AFTER_MS);
    expect(pulses.listSilent().map(({ agentId }) => agentId)).toContain(AGENT);
  });

  it('are missed although heartbeats come that were long on their way, which say nothing of now', async () => {
    const pulses = await begin();
    const [former, present] = [randomUUID(), randomUUID()];
    for (const sequence of [1, 2]) beat(former, sequence);
    for (const sequence of [1, 2, 3, 4]) beat(present, sequence);
    const late = [
      { boot_id: former, sequence: 3 },
      { boot_id: present, sequence: 1 },
    ];
    expect(late.map((place) => pulses.isLongOvertaken(AGENT, place))).toEqual([true, true]);
    expect(pulses.isLongOvertaken(AGENT, { boot_id: present, sequence: 2 })).toBe(false);
    lookFor(pulses, SILENT_AFTER_MS - LOOK_MS);
    for (const { boot_id: bootId, sequence } of late) beat(bootId, sequence);
    lookFor(pulses, LOOK_MS);
    expect(pulses.listSilent().map(({ agentId }) => agentId)).toContain(AGENT);
  });
});
