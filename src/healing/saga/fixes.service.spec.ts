import { describe, expect, it, jest } from '@jest/globals';
import { buildHealing, type HealingParts } from '../../../test/builders/healing-parts.ts';
import { store } from '../../../test/builders/log-builder.ts';
import { CLEAN, DIRTY } from '../../../test/builders/stub-prober.ts';
import type { ResultReported } from '../../intake/intake.events.ts';
import { logStreams } from '../../platform/log/stream-names.ts';
import type { FixStimulus } from './fixes.service.ts';
import type { FixObserved } from './fix.events.ts';

const buildResult = (fixId: string, phase: ResultReported['data']['phase'], position = 100): FixStimulus => ({
  input: { type: 'result', agentId: 'memory-agent', result: { agent_id: 'memory-agent', command_id: `${fixId}.1`, phase } },
  key: `result:${position}`,
  cause: { id: '01900000-0000-7000-8000-00000000000e', position },
});

async function buildLiveFix(): Promise<{ parts: HealingParts & Awaited<ReturnType<typeof buildHealing>>; fixId: string }> {
  const parts = await buildHealing();
  const fixId = await parts.startFix(await parts.openIncident('aaa'));
  return { parts, fixId };
}

describe('moving a fix on', () => {
  it('stores what follows, with its cause', async () => {
    const { parts, fixId } = await buildLiveFix();
    await parts.fixes.advance(fixId, buildResult(fixId, 'acknowledged'));
    const [acknowledged, timer] = (await parts.log.store.readStream(logStreams.fix(fixId))).slice(-2);
    expect(acknowledged).toMatchObject({ type: 'FixAcknowledged', metadata: { causation_position: '100' } });
    expect(timer).toMatchObject({ type: 'TimerSet', data: { name: 'result' } });
  });

  it('changes nothing when the same stimulus comes twice', async () => {
    const { parts, fixId } = await buildLiveFix();
    await parts.fixes.advance(fixId, buildResult(fixId, 'acknowledged'));
    const { position } = await parts.log.store.head();
    await parts.fixes.advance(fixId, buildResult(fixId, 'acknowledged'));
    expect((await parts.log.store.head()).position).toBe(position);
  });

  it('reads no stream of a fix that this process has seen, and what is missing where that is out of date', async () => {
    const { parts, fixId } = await buildLiveFix();
    await parts.subscriptions.drain();
    const readStream = jest.spyOn(parts.events, 'readStream');
    const isFix = ([stream]: readonly unknown[]): boolean => stream === logStreams.fix(fixId);
    await parts.fixes.advance(fixId, buildResult(fixId, 'acknowledged', 100));
    expect(readStream.mock.calls.filter(isFix)).toEqual([]);
    // Its own event was not read yet.
    await parts.fixes.advance(fixId, buildResult(fixId, 'succeeded', 101));
    expect(readStream.mock.calls.filter(isFix)).toEqual([[logStreams.fix(fixId), { fromVersion: expect.any(Number) }]]);
    expect(readStream.mock.lastCall?.[1]?.fromVersion).toBeGreaterThan(1);
    const types = await parts.typesOf(logStreams.fix(fixId));
    expect(types.filter((type) => type === 'FixAcknowledged' || type === 'FixExecuted')).toEqual([
      'FixAcknowledged',
      'FixExecuted',
    ]);
  });

  it('reads the beginning of a fix once, however often its fault is reported', async () => {
    const { parts, fixId } = await buildLiveFix();
    const readStream = jest.spyOn(parts.events, 'readStream');
    const input = { type: 'fault' as const, agentId: 'memory-agent', fingerprint: 'aaa', observedAtMs: parts.clock.nowMs() };
    for (let n = 0; n < 5; n++) await parts.fixes.advance(fixId, { input, key: `fault:${n}` });
    const { version } = await parts.fixes.load(fixId);
    const rest = Array.from({ length: 4 }, () => version + 1);
    expect(readStream.mock.calls.map(([, options]) => options?.fromVersion)).toEqual([1, ...rest, 1]);
  });

  it('drops no input because of what is out of date', async () => {
    const { parts, fixId } = await buildLiveFix();
    await parts.subscriptions.drain();
    const replica = await parts.replica();
    await replica.subscriptions.drain();
    await parts.fixes.advance(fixId, buildResult(fixId, 'succeeded', 100));
    // To one that waits for its result a probe would mean nothing.
    const input = { type: 'timer' as const, name: 'probe' as const, generation: 1, probe: CLEAN };
    await replica.fixes.advance(fixId, { input, key: 'timer:probe:1' });
    expect(await parts.typesOf(logStreams.fix(fixId))).toContain('ProbeObserved');
  });

  it('takes a stimulus once when two replicas have it', async () => {
    const { parts, fixId } = await buildLiveFix();
    const replica = await parts.replica();
    const results = [parts, replica].map(({ fixes }) => fixes.advance(fixId, buildResult(fixId, 'succeeded')));
    await Promise.all(results);
    const types = await parts.typesOf(logStreams.fix(fixId));
    expect(types.filter((type) => type === 'FixExecuted')).toHaveLength(1);
  });

  it('looks again when somebody else was quicker with another input', async () => {
    const { parts, fixId } = await buildLiveFix();
    const replica = await parts.replica();
    await Promise.all([
      parts.fixes.advance(fixId, buildResult(fixId, 'acknowledged', 100)),
      replica.fixes.advance(fixId, buildResult(fixId, 'succeeded', 101)),
    ]);
    const { state } = await parts.fixes.load(fixId);
    expect(state?.state).toBe('verifying');
    const types = await parts.typesOf(logStreams.fix(fixId));
    expect(types.filter((type) => type === 'FixExecuted')).toHaveLength(1);
  });

  it.each([
    ['was retired', (parts: HealingParts) => parts.retireService(), 'exactly-one-owned-target:target-not-in-catalogue'],
    [
      'has another owner',
      (parts: HealingParts) => parts.changeService({ owner_agent: 'rag-agent' }),
      'exactly-one-owned-target:owner-changed',
    ],
    [
      'may no longer be healed by itself',
      (parts: HealingParts) => parts.changeService({ autonomy: 'off' }),
      'autonomy:autonomy-is-off',
    ],
  ])('commands no second attempt when the service %s by then', async (_case, change, reason) => {
    const { parts, fixId } = await buildLiveFix();
    await parts.fixes.advance(fixId, buildResult(fixId, 'failed'));
    await change(parts);
    const probe = { ok: false, reasonCode: 'econnrefused', latencyMs: 1 };
    await parts.fixes.advance(fixId, { input: { type: 'timer', name: 'retry', generation: 1, probe }, key: 'timer:retry:1' });
    const events = await parts.log.store.readStream(logStreams.fix(fixId));
    expect(events.filter(({ type }) => type === 'FixCommanded')).toHaveLength(1);
    expect(events.at(-1)).toMatchObject({ type: 'FixEscalated', data: { reason_code: reason } });
    expect(await parts.typesOf(logStreams.slot('memory'))).toEqual(['SlotReserved', 'SlotReleased']);
  });

  it.each<[string, (parts: HealingParts) => Promise<void>]>([
    [
      'needs what is down',
      async (parts: HealingParts) => {
        await parts.addDependency();
        await parts.say('database', 'stopped');
      },
    ],
    [
      'needs what its agent calls healthy and nobody reaches',
      async (parts: HealingParts) => {
        await parts.addDependency();
        await parts.say('database', 'healthy');
        parts.prober.answer = DIRTY;
      },
    ],
  ])('lets the second attempt wait while the service %s', async (_case, change) => {
    const { parts, fixId } = await buildLiveFix();
    const fire = (generation: number): Promise<void> =>
      parts.fixes.advance(fixId, {
        input: { type: 'timer', name: 'retry', generation, probe: DIRTY },
        key: `timer:retry:${generation}`,
      });
    await parts.fixes.advance(fixId, buildResult(fixId, 'failed'));
    await change(parts);
    await fire(1);
    expect((await parts.fixes.load(fixId)).state).toMatchObject({ state: 'backing-off', attempt: 1 });
    parts.clock.advance(20_000);
    parts.prober.answer = CLEAN;
    await parts.say('database', 'healthy');
    await fire(2);
    expect((await parts.fixes.load(fixId)).state).toMatchObject({ state: 'commanded', attempt: 2 });
    const guarded = (await parts.log.store.readStream(logStreams.fix(fixId))).filter(({ type }) => type === 'FixGuarded');
    expect(guarded.map(({ data }) => data['inputs'])).toMatchObject([
      undefined,
      { service: { id: 'memory' }, slot: { live_fix: fixId }, dependencies: [{ id: 'database', probe: { ok: true } }] },
    ]);
  });

  it('releases the slot in the append that ends the fix', async () => {
    const { parts, fixId } = await buildLiveFix();
    await parts.fixes.advance(fixId, buildResult(fixId, 'refused'));
    expect(await parts.typesOf(logStreams.slot('memory'))).toEqual(['SlotReserved', 'SlotReleased']);
    expect((await parts.slots.load('memory')).state.liveFix).toBeUndefined();
  });

  it('takes a stimulus once when the answer to the append is lost', async () => {
    const { parts, fixId } = await buildLiveFix();
    parts.events.nextFailure = 'after';
    await expect(parts.fixes.advance(fixId, buildResult(fixId, 'succeeded'))).rejects.toThrow('broken');
    const { position } = await parts.log.store.head();
    await parts.fixes.advance(fixId, buildResult(fixId, 'succeeded'));
    expect((await parts.log.store.head()).position).toBe(position);
  });

  it('makes nothing of a fix that nobody began', async () => {
    const parts = await buildHealing();
    const { position } = await parts.log.store.head();
    for (const fixId of ['', 'nonsense', '\u0000', 'ä'.repeat(100)]) {
      await parts.fixes.advance(fixId, buildResult(fixId, 'succeeded'));
    }
    expect((await parts.log.store.head()).position).toBe(position);
  });

  it('refuses to guess about a strategy that this release lacks', async () => {
    const { parts, fixId } = await buildLiveFix();
    const [observed] = await parts.log.store.readStream(logStreams.fix(fixId));
    const foreign = { ...observed?.data, fix_id: 'foreign', strategy: 'restart/gone' } as FixObserved['data'];
    await store(parts.log, logStreams.fix('foreign'), { type: 'FixObserved', data: foreign });
    await expect(parts.fixes.advance('foreign', buildResult('foreign', 'succeeded'))).rejects.toMatchObject({
      code: 'unknown-strategy',
      retryable: false,
    });
  });
});
