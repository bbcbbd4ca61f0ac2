import { describe, expect, it } from '@jest/globals';
import { buildHealing, type HealingParts } from '../../test/builders/healing-parts.ts';
import { buildErrorReported } from '../../test/builders/incident-builder.ts';
import { readWhole, store } from '../../test/builders/log-builder.ts';
import type { ErrorReported, ResultReported } from '../intake/intake.events.ts';
import { logStreams } from '../platform/log/stream-names.ts';
import type { FixObserved } from './saga/fix.events.ts';

const REPORTS = logStreams.reports('memory-agent');

const reportResult = (parts: HealingParts, command_id: string, phase: ResultReported['data']['phase']): Promise<void> =>
  store(parts.log, REPORTS, { type: 'ResultReported', data: { agent_id: 'memory-agent', command_id, phase } });

const reportFault = (parts: HealingParts, more: Partial<ErrorReported['data']>): Promise<void> =>
  store(parts.log, REPORTS, buildErrorReported({ observed_at: parts.clock.now().toISOString(), ...more }));

/** Lets the verification's probes all be clean. */
async function probeUntilHealed(parts: HealingParts, fixId: string): Promise<void> {
  for (;;) {
    const { state } = await parts.fixes.load(fixId);
    if (state?.state !== 'verifying') return;
    const generation = state.timers['probe'] ?? 0;
    parts.clock.advance(1000);
    const probe = { ok: true, reasonCode: 'status-200', latencyMs: 1 };
    await parts.fixes.advance(fixId, {
      input: { type: 'timer', name: 'probe', generation, probe },
      key: `timer:probe:${generation}`,
    });
  }
}

async function resolveIncident(parts: HealingParts, incidentId: string, fixId: string): Promise<void> {
  const strategy = 'restart/service';
  const common = { incidentId, fixId, strategy };
  const key = incidentId.slice(0, 12);
  await parts.incidents.apply(key, { command: { type: 'StartHealing', ...common }, key: 'healing' });
  await parts.incidents.apply(key, {
    command: { type: 'ResolveIncident', ...common, resolvedAtMs: parts.clock.nowMs() },
    key: 'resolve',
  });
}

async function buildHealedFix(): Promise<{ parts: HealingParts; fixId: string; incidentId: string }> {
  const parts = await buildHealing();
  const incidentId = await parts.openIncident('aaa');
  await parts.subscriptions.drain();
  const fixId = `${incidentId}-1`;
  await reportResult(parts, `${fixId}.1`, 'succeeded');
  await parts.subscriptions.drain();
  await probeUntilHealed(parts, fixId);
  await resolveIncident(parts, incidentId, fixId);
  return { parts, fixId, incidentId };
}

describe('following the log for fixes', () => {
  it('begins a fix when an incident opens, and once', async () => {
    const parts = await buildHealing();
    const incidentId = await parts.openIncident('aaa');
    await parts.subscriptions.step('healing', { isCutOff: true });
    await parts.subscriptions.drain();
    expect(await parts.typesOf(logStreams.slot('memory'))).toEqual(['SlotReserved']);
    expect(await parts.typesOf(logStreams.fix(`${incidentId}-1`))).toContain('FixCommanded');
  });

  it('decides about each of twenty incidents that begin together, and lets one of them have the slot', async () => {
    const parts = await buildHealing();
    for (let n = 0; n < 20; n++) await parts.openIncident(`fp${n}-`);
    await parts.subscriptions.drain();
    const verdicts = (await readWhole(parts.log)).flatMap(({ type, data }) =>
      type === 'DecisionMade' ? [data['verdict'] as string] : [],
    );
    expect(verdicts.toSorted()).toEqual(['act', ...Array.from({ length: 19 }, () => 'defer')]);
    expect(await parts.typesOf(logStreams.slot('memory'))).toEqual(['SlotReserved']);
  });

  it('moves a fix on by results and by new faults', async () => {
    const parts = await buildHealing();
    const incidentId = await parts.openIncident('aaa');
    await parts.subscriptions.drain();
    await reportResult(parts, `${incidentId}-1.1`, 'succeeded');
    await parts.subscriptions.drain();
    parts.clock.advance(2000);
    await reportFault(parts, { fingerprint: 'aaa' });
    await parts.subscriptions.drain();
    expect((await parts.fixes.load(`${incidentId}-1`)).state).toMatchObject({ state: 'escalated', verdict: 'recurred' });
  });

  it('lets no page speak against a fix', async () => {
    const parts = await buildHealing();
    const incidentId = await parts.openIncident('aaa');
    await parts.subscriptions.drain();
    await reportResult(parts, `${incidentId}-1.1`, 'succeeded');
    await parts.subscriptions.drain();
    parts.clock.advance(2000);
    await reportFault(parts, { fingerprint: 'aaa', agent_id: 'shop', agent_class: 'browser' });
    await parts.subscriptions.drain();
    expect((await parts.fixes.load(`${incidentId}-1`)).state?.state).toBe('verifying');
  });

  it('takes a success back when the fault returns within an hour', async () => {
    const { parts, fixId } = await buildHealedFix();
    expect((await parts.fixes.load(fixId)).state).toMatchObject({ state: 'healed', verdict: 'verified', isRevoked: false });
    parts.clock.advance(60_000);
    const again = await parts.openIncident('aaa');
    await parts.subscriptions.step('healing', { isCutOff: true });
    await parts.subscriptions.drain();
    const revoked = (await readWhole(parts.log)).filter(({ type }) => type === 'VerdictRevoked');
    expect(revoked).toMatchObject([
      { stream: logStreams.fix(fixId), data: { revoked: 'verified', because_incident_id: again, after_ms: 60_000 } },
    ]);
  });

  it('lets a success stand until the agent of the service itself says that the fault is back', async () => {
    const { parts, fixId } = await buildHealedFix();
    parts.clock.advance(60_000);
    await parts.openIncident('aaa', { agent_id: 'shop', agent_class: 'browser' });
    await parts.subscriptions.drain();
    expect((await parts.fixes.load(fixId)).state?.isRevoked).toBe(false);
    // Until the agent itself says so.
    parts.clock.advance(1000);
    await parts.openIncident('aaa');
    await parts.subscriptions.drain();
    expect((await parts.fixes.load(fixId)).state?.isRevoked).toBe(true);
  });

  it('lets a success stand that lasted longer than an hour', async () => {
    const { parts, fixId } = await buildHealedFix();
    parts.clock.advance(3_600_001);
    await parts.openIncident('aaa');
    await parts.subscriptions.drain();
    expect((await parts.fixes.load(fixId)).state?.isRevoked).toBe(false);
  });

  it('leaves out a fix that can never move on, and goes on with the others', async () => {
    const parts = await buildHealing();
    const incidentId = await parts.openIncident('aaa');
    await parts.subscriptions.drain();
    const [observed] = await parts.log.store.readStream(logStreams.fix(`${incidentId}-1`));
    const foreign = { ...observed?.data, fix_id: 'foreign', strategy: 'restart/gone' } as FixObserved['data'];
    await store(parts.log, logStreams.fix('foreign'), { type: 'FixObserved', data: foreign });
    await reportResult(parts, 'foreign.1', 'succeeded');
    await reportResult(parts, `${incidentId}-1.1`, 'succeeded');
    await parts.subscriptions.drain();
    expect((await parts.fixes.load(`${incidentId}-1`)).state?.state).toBe('verifying');
    expect(parts.logger.problems).toHaveLength(1);
  });

  it('gives an incident to a person that crashes whoever decides about it, and goes on with the others', async () => {
    const parts = await buildHealing();
    const bad = await parts.openIncident('bad');
    const good = await parts.openIncident('good');
    const { starter } = parts;
    const consider = starter.considerOpened.bind(starter);
    starter.considerOpened = (opened) =>
      opened.data.incident_id === bad ? Promise.reject(new TypeError('a defect')) : consider(opened);
    for (let crash = 1; crash < 5; crash++) await expect(parts.subscriptions.drain()).rejects.toThrow('a defect');
    await parts.subscriptions.drain();
    expect((await parts.incidents.findEpisode(bad))?.episode.state).toBe('escalated');
    expect(await parts.typesOf(logStreams.fix(`${good}-1`))).toContain('FixCommanded');
  });

  it('waits while the log is away, and leaves nothing out', async () => {
    const parts = await buildHealing();
    const incidentId = await parts.openIncident('aaa');
    parts.events.nextFailure = 'before';
    await expect(parts.subscriptions.drain()).rejects.toThrow('broken');
    await parts.subscriptions.drain();
    expect(await parts.typesOf(logStreams.fix(`${incidentId}-1`))).toContain('FixCommanded');
  });
});
