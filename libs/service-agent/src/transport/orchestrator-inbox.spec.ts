import { beforeEach, describe, expect, it } from '@jest/globals';
import { CommandJournal, ControlWatch, Outbox } from '#libs/agent-core';
import type { ControlState, Receipt, Result } from '#libs/contracts';
import { toOutboxItem } from '../assembly/command-result.ts';
import { OrchestratorInbox } from './orchestrator-inbox.ts';

const clock = { epoch: 'e', nowMs: () => 0 };
const nothing = { load: async () => [], append: async () => undefined, rewrite: async () => undefined };
const bytes = (content: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(content));
const result = (phase: Result['phase']): Result => ({ v: 1, agent_id: 'a', command_id: 'c:1', phase });

async function createInbox() {
  const journal = await CommandJournal.open(nothing, clock);
  const storage = { load: async () => [], add: async () => undefined, remove: async () => undefined };
  const outbox = await Outbox.open({ storage, clock, maxItems: 10, maxBytes: 1e6 });
  const control = new ControlWatch(clock);
  const told: string[] = [];
  const inbox = new OrchestratorInbox({
    tenant: 'local',
    keys: { verify: async ({ signature }) => (signature === 'valid' ? 'valid' : 'invalid'), isRevoked: () => false },
    control,
    outbox,
    journal,
    log: () => undefined,
    onControl: () => told.push(control.status()),
  });
  return { inbox, journal, outbox, control, told };
}

describe('OrchestratorInbox', () => {
  let world: Awaited<ReturnType<typeof createInbox>>;
  beforeEach(async () => {
    world = await createInbox();
    await world.journal.start({
      commandId: 'c:1',
      serviceId: 'memory',
      strategy: 'restart/service',
      fence: { log_id: 'l', position: 1 },
    });
    await world.journal.finish('c:1', result('succeeded'));
    for (const phase of ['acknowledged', 'succeeded'] as const) await world.outbox.add(toOutboxItem(result(phase), clock));
  });
  const receipt = (over: Partial<Receipt>) =>
    world.inbox.takeReceipt(bytes({ v: 1, kind: 'result', ids: [], rejected: [], ...over }));

  it('takes what is committed out of the outbox, and remembers that an outcome is delivered', async () => {
    await receipt({ ids: ['c:1:acknowledged'] });
    expect(world.outbox.statistics().items).toBe(1);
    expect(world.journal.undelivered()).toHaveLength(1);
    await receipt({ ids: ['c:1:succeeded', 'unknown:succeeded', 'no-phase'] });
    expect(world.outbox.statistics().items).toBe(0);
    expect(world.journal.undelivered()).toEqual([]);
  });

  it('takes out what is refused for good', async () => {
    await receipt({ rejected: [{ id: 'c:1:succeeded', reason_code: 'unknown-command', reason: 'no such command' }] });
    expect(world.outbox.statistics().items).toBe(1);
  });

  it.each([
    ['not JSON', new Uint8Array([0xff])],
    ['another shape', bytes({ ids: ['c:1:succeeded'] })],
  ])('ignores a receipt that is %s', async (_, body) => {
    await world.inbox.takeReceipt(body);
    expect(world.outbox.statistics().items).toBe(2);
  });

  const state = (over: Partial<ControlState> = {}): ControlState => ({
    v: 1,
    key_id: 'k1',
    state: 'running',
    stopped_services: [],
    stopped_strategies: [],
    log_id: '018f4e3a-7b1c-7d2e-8f00-000000000001',
    version: 0,
    sequence: 1,
    issued_at: '2026-01-01T00:00:00.000Z',
    ...over,
  });
  const hear = (content: ControlState, signature = 'valid') =>
    world.inbox.takeControlState({ subject: 'zt.local.control', body: bytes(content), keyId: 'k1', signature }, 'live');

  it('follows a signed control state only', async () => {
    await hear(state(), 'forged');
    expect(world.control.status()).toBe('unknown');
    await hear(state());
    expect(world.control.status()).toBe('running');
    expect(world.told).toEqual(['running']);
  });

  it('passes a stop on at once', async () => {
    await hear(state({ state: 'stopped' }));
    expect(world.told).toEqual(['stopped']);
  });

  it('passes nothing on that was said before', async () => {
    await hear(state({ state: 'stopped' }));
    await hear(state());
    expect(world.told).toEqual(['stopped']);
  });
});
