import { describe, expect, it } from '@jest/globals';
import { HealingLoop } from '../../../test/builders/healing-loop.ts';
import { buildWireError } from '../../../test/builders/incident-builder.ts';
import { DIRTY } from '../../../test/builders/stub-prober.ts';
import { GUARDS } from '../guards/guard-list.ts';
import { computeIncidentKey } from '../../incidents/incident-key.ts';
import { logStreams } from '../../platform/log/stream-names.ts';

const FINGERPRINT = 'fp@1:0123456789abcdef';
const HELD = 'deny autonomy:autonomy-is-off';
const CHECKED = 'confirm said-to-be-healthy';

describe('a service whose dependency is down', () => {
  async function buildNeedy(state: 'healthy' | 'stopped'): Promise<HealingLoop> {
    const loop = await HealingLoop.build();
    await loop.parts.addDependency();
    await loop.say('database', state);
    return loop;
  }
  const DENIED = 'deny dependency-is-up:dependency-is-down';

  it('is not restarted, and the decision says why', async () => {
    const loop = await buildNeedy('stopped');
    const incidentId = await loop.report();
    expect(await loop.decisions(incidentId)).toEqual([DENIED]);
    const [decision] = await loop.parts.log.store.readStream(logStreams.decision(incidentId));
    expect(decision?.data['inputs']).toMatchObject({ dependencies: [{ id: 'database', state: 'stopped', probe: null }] });
    expect(await loop.count('FixCommanded')).toBe(0);
    expect(await loop.parts.typesOf(logStreams.slot('memory'))).toEqual([]);
  });

  it('is not restarted when the dependency died before its agent could say so', async () => {
    const loop = await buildNeedy('healthy');
    loop.parts.prober.answer = DIRTY;
    const incidentId = await loop.report();
    expect(await loop.decisions(incidentId)).toEqual([DENIED]);
    const [decision] = await loop.parts.log.store.readStream(logStreams.decision(incidentId));
    const probe = { ok: false, reason_code: 'econnrefused', latency_ms: 1 };
    expect(decision?.data['inputs']).toMatchObject({ dependencies: [{ id: 'database', state: 'healthy', probe }] });
  });

  it('is nothing that a person is asked about', async () => {
    const loop = await buildNeedy('healthy');
    await loop.parts.changeService({ depends_on: ['database'], autonomy: 'ask' });
    loop.parts.prober.answer = DIRTY;
    expect(await loop.decisions(await loop.report())).toEqual([DENIED]);
  });

  it('is asked about with the word of every guard once the dependency is up', async () => {
    const loop = await buildNeedy('healthy');
    await loop.parts.changeService({ depends_on: ['database'], autonomy: 'ask' });
    const incidentId = await loop.report();
    expect(await loop.decisions(incidentId)).toEqual(['ask approval:needs-approval']);
    const [decision] = await loop.parts.log.store.readStream(logStreams.decision(incidentId));
    expect(decision?.data['guards']).toMatchObject(GUARDS.map(({ name }) => ({ guard: name })));
  });

  it('is not restarted while nobody knows how the dependency is', async () => {
    const loop = await HealingLoop.build();
    await loop.parts.addDependency();
    const incidentId = await loop.report();
    expect(await loop.decisions(incidentId)).toEqual(['deny dependency-is-up:dependency-state-unknown']);
  });

  it('is restarted at once when the dependency is healthy again', async () => {
    const loop = await buildNeedy('stopped');
    const incidentId = await loop.report();
    await loop.say('database', 'starting');
    expect(await loop.decisions(incidentId)).toEqual([DENIED]);
    await loop.say('database', 'healthy');
    expect(await loop.decisions(incidentId)).toEqual([DENIED, 'act all-guards-allow']);
    expect(await loop.stateOf(incidentId)).toBe('healing');
  });

  it.each([
    ['before', ['memory', 'database']],
    ['after', ['database', 'memory']],
  ])('is not restarted when its own agent calls it healthy %s the dependency, and is checked instead', async (_when, order) => {
    const loop = await buildNeedy('stopped');
    const incidentId = await loop.report();
    loop.parts.clock.advance(1000);
    // Healing reads both before the incident is told of either.
    for (const service of order) await loop.parts.say(service, 'healthy');
    await loop.settle();
    expect(await loop.decisions(incidentId)).toEqual([DENIED, 'defer target-is-failing:target-is-healthy-again', CHECKED]);
    expect(await loop.stateOf(incidentId)).toBe('mitigated');
    expect(await loop.count('FixCommanded')).toBe(0);
  });

  it('is not restarted when it is said to be over while its dependencies are looked at', async () => {
    const loop = await buildNeedy('healthy');
    loop.parts.prober.meanwhile = async () => {
      const [key, incidentId] = [computeIncidentKey(FINGERPRINT, 'memory'), `${computeIncidentKey(FINGERPRINT, 'memory')}-1`];
      const command = {
        type: 'MitigateIncident' as const,
        incidentId,
        claimedBy: 'memory-agent',
        claimedAtMs: loop.parts.clock.nowMs(),
        claimPosition: 1000,
      };
      await loop.parts.incidents.apply(key, { command, key: 'meanwhile' });
    };
    const incidentId = await loop.report({ fingerprint: FINGERPRINT });
    expect(await loop.decisions(incidentId)).toEqual([CHECKED]);
    expect(await loop.count('FixCommanded')).toBe(0);
  });

  it('is restarted all the same when it is reported again while its dependencies are looked at', async () => {
    const loop = await buildNeedy('healthy');
    loop.parts.prober.meanwhile = async () => {
      loop.parts.prober.meanwhile = async () => {};
      await loop.parts.openIncident('aaa');
    };
    const incidentId = await loop.parts.openIncident('aaa');
    await loop.settle();
    expect(await loop.decisions(incidentId)).toEqual(['act all-guards-allow']);
    const [decision] = await loop.parts.log.store.readStream(logStreams.decision(incidentId));
    expect(decision?.data['inputs']).toMatchObject({
      evidence: (await loop.parts.incidents.findEpisode(incidentId))?.episode.evidence,
    });
  });

  it('is left alone until it is seen failing again when it never ended', async () => {
    const loop = await buildNeedy('stopped');
    const failing = { error: buildWireError({ data: { check: 'http', reason: 'failing', consecutive_failures: 2 } }) };
    const incidentId = await loop.report(failing);
    await loop.say('database', 'healthy');
    const held = [DENIED, 'defer target-is-failing:dependency-has-just-recovered'];
    expect(await loop.decisions(incidentId)).toEqual(held);
    loop.parts.clock.advance(10_000);
    await loop.report(failing);
    expect(await loop.decisions(incidentId)).toEqual([...held, 'act all-guards-allow']);
  });

  it('is restarted for what is seen after it was called healthy', async () => {
    const loop = await HealingLoop.build();
    await loop.say('memory', 'healthy');
    expect(await loop.decisions(await loop.report())).toEqual(['act all-guards-allow']);
  });

  it('is asked about again and again, and the same answer is stored once', async () => {
    const loop = await buildNeedy('stopped');
    const incidentId = await loop.report();
    loop.parts.prober.answer = DIRTY;
    for (const state of ['healthy', 'stopped', 'healthy'] as const) await loop.say('database', state);
    expect(await loop.decisions(incidentId)).toEqual([DENIED]);
    expect(loop.parts.prober.asked).toHaveLength(2);
  });

  it('costs one probe of the dependency, however many incidents wait for it', async () => {
    const loop = await buildNeedy('stopped');
    loop.parts.prober.answer = { ...DIRTY, latencyMs: 5000 };
    for (let i = 0; i < 20; i++) await loop.report({ fingerprint: `fp@1:${i}` });
    await loop.say('database', 'healthy');
    expect(loop.parts.prober.asked).toHaveLength(1);
    expect(await loop.count('FixCommanded')).toBe(0);
  });

  it('costs no probe where another guard denies', async () => {
    const loop = await buildNeedy('healthy');
    await loop.parts.changeService({ depends_on: ['database'], autonomy: 'off' });
    const incidentId = await loop.report();
    expect(await loop.decisions(incidentId)).toEqual([HELD]);
    expect(loop.parts.prober.asked).toEqual([]);
    const [decision] = await loop.parts.log.store.readStream(logStreams.decision(incidentId));
    const words = decision?.data['guards'] as { guard: string }[];
    expect(words.map(({ guard }) => guard)).not.toContain('dependency-is-up');
  });

  it('is restarted once when two orchestrators hear that the dependency is healthy again', async () => {
    const loop = await buildNeedy('stopped');
    const incidentId = await loop.report();
    await loop.say('database', 'healthy');
    await loop.restart();
    expect(await loop.decisions(incidentId)).toEqual([DENIED, 'act all-guards-allow']);
    expect(await loop.count('FixCommanded')).toBe(1);
  });
});
