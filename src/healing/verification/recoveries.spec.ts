import { describe, expect, it } from '@jest/globals';
import { HealingLoop } from '../../../test/builders/healing-loop.ts';
import { buildWireError } from '../../../test/builders/incident-builder.ts';
import { readWhole, store } from '../../../test/builders/log-builder.ts';
import { DIRTY } from '../../../test/builders/stub-prober.ts';
import { logStreams } from '../../platform/log/stream-names.ts';

const HELD = 'deny autonomy:autonomy-is-off';
const CHECKED = 'confirm said-to-be-healthy';

/** An incident for which nothing may be done, and whose service its agent calls healthy again. */
async function buildMitigated(): Promise<{ loop: HealingLoop; incidentId: string; check: string }> {
  const loop = await HealingLoop.build();
  await loop.parts.changeService({ autonomy: 'off' });
  const incidentId = await loop.report();
  await loop.say('memory', 'healthy');
  return { loop, incidentId, check: `${incidentId}-2` };
}

describe('a held incident whose service recovers by itself', () => {
  it('is not over because its agent says so', async () => {
    const { loop, incidentId } = await buildMitigated();
    expect(await loop.stateOf(incidentId)).toBe('mitigated');
    expect(await loop.decisions(incidentId)).toEqual([HELD, CHECKED]);
  });

  it('is resolved by as many clean probes as after a fix, and nothing is commanded', async () => {
    const { loop, incidentId, check } = await buildMitigated();
    for (let i = 0; i < 5; i++) await loop.probe(check);
    expect(await loop.stateOf(incidentId)).toBe('mitigated');
    await loop.probe(check);
    expect(await loop.stateOf(incidentId)).toBe('resolved');
    const verdict = (await readWhole(loop.parts.log)).find(({ type }) => type === 'VerdictReached');
    expect(verdict?.data).toMatchObject({ verdict: 'superseded', reason_code: 'recovered-without-the-fix' });
    expect(await loop.count('FixCommanded')).toBe(0);
    expect(await loop.parts.typesOf(logStreams.slot('memory'))).toEqual([]);
  });

  it('opens again with the next report, and is decided about again with what is known by then', async () => {
    const { loop, incidentId, check } = await buildMitigated();
    await loop.probe(check);
    await loop.parts.changeService({ autonomy: 'auto' });
    expect(await loop.report()).toBe(incidentId);
    expect((await loop.parts.fixes.load(check)).state?.state).toBe('withdrawn');
    expect(await loop.decisions(incidentId)).toEqual([HELD, CHECKED, 'act all-guards-allow']);
    expect(await loop.stateOf(incidentId)).toBe('healing');
    expect(await loop.count('FixEscalated')).toBe(0);
  });

  it('is still not over when probes say otherwise, and is looked at again five minutes later', async () => {
    const { loop, incidentId, check } = await buildMitigated();
    for (let i = 0; i < 2; i++) await loop.probe(check, DIRTY);
    expect((await loop.parts.fixes.load(check)).state?.state).toBe('withdrawn');
    expect(await loop.stateOf(incidentId)).toBe('mitigated');
    const timer = (await readWhole(loop.parts.log)).findLast(({ type, data }) => type === 'TimerSet' && data['name'] === 'probe');
    expect(timer).toMatchObject({ stream: logStreams.fix(`${incidentId}-3`) });
    expect(Date.parse(timer?.data['due_at'] as string) - loop.parts.clock.nowMs()).toBe(300_000);
    for (let i = 0; i < 6; i++) await loop.probe(`${incidentId}-3`);
    expect(await loop.stateOf(incidentId)).toBe('resolved');
    expect(await loop.count('FixEscalated')).toBe(0);
  });

  it('is left to a person when its agent stands by its word and three checks running say otherwise', async () => {
    const { loop, incidentId } = await buildMitigated();
    for (const check of [2, 3, 4]) for (let i = 0; i < 2; i++) await loop.probe(`${incidentId}-${check}`, DIRTY);
    const escalated = 'escalate said-to-be-healthy-but-probes-fail';
    const again = 'confirm not-confirmed-yet';
    expect(await loop.decisions(incidentId)).toEqual([HELD, CHECKED, again, again, escalated]);
    expect(await loop.stateOf(incidentId)).toBe('escalated');
    expect(await loop.count('FixCommanded')).toBe(0);
  });

  it('is checked later the more often it comes back, and what holds it is said once', async () => {
    const { loop, incidentId } = await buildMitigated();
    const waits: number[] = [];
    for (let i = 0; i < 3; i++) {
      await loop.report();
      await loop.say('memory', 'healthy');
      const probe = (await readWhole(loop.parts.log)).findLast(({ data }) => data['name'] === 'probe');
      waits.push(Date.parse(probe?.data['due_at'] as string) - loop.parts.clock.nowMs());
    }
    expect(waits).toEqual([10_000, 20_000, 40_000]);
    expect(await loop.decisions(incidentId)).toEqual([HELD, CHECKED, CHECKED, CHECKED, CHECKED]);
  });

  it('is checked anew when nothing is left of a check that was decided', async () => {
    const { loop, incidentId } = await buildMitigated();
    const lost = { type: 'DecisionMade', data: { verdict: 'confirm', reason_code: 'said-to-be-healthy' } };
    await store(loop.parts.log, logStreams.decision(incidentId), lost);
    await loop.say('memory', 'healthy');
    expect(await loop.parts.typesOf(logStreams.fix(`${incidentId}-4`))).toContain('VerificationStarted');
  });

  it('is not looked at again by itself once its agent has taken the word back', async () => {
    const { loop, incidentId } = await buildMitigated();
    await loop.report();
    await loop.settle();
    expect(await loop.decisions(incidentId)).toEqual([HELD, CHECKED]);
    expect(await loop.stateOf(incidentId)).toBe('open');
    await loop.say('memory', 'healthy');
    expect(await loop.decisions(incidentId)).toEqual([HELD, CHECKED, CHECKED]);
  });

  it('is checked once, whoever reads the log again', async () => {
    const { loop, incidentId, check } = await buildMitigated();
    for (let i = 0; i < 3; i++) await loop.probe(check);
    const { position } = await loop.parts.log.store.head();
    await loop.restart();
    expect((await loop.parts.log.store.head()).position).toBe(position);
    for (let i = 0; i < 3; i++) await loop.probe(check);
    expect(await loop.stateOf(incidentId)).toBe('resolved');
  });

  it('lets no page end the check or get anything done, whatever it names', async () => {
    const { loop, incidentId, check } = await buildMitigated();
    await loop.parts.changeService({ autonomy: 'auto' });
    await loop.report({ agent_id: 'shop', agent_class: 'browser' });
    expect((await loop.parts.fixes.load(check)).state?.state).toBe('verifying');
    expect(await loop.decisions(incidentId)).toEqual([HELD, CHECKED]);
    for (let i = 0; i < 6; i++) await loop.probe(check);
    expect(await loop.stateOf(incidentId)).toBe('resolved');
  });

  it('is opened again by no page, and checked for as long as its agent stands by its word', async () => {
    const { loop, incidentId, check } = await buildMitigated();
    await loop.report({ agent_id: 'shop', agent_class: 'browser' });
    for (let i = 0; i < 2; i++) await loop.probe(check, DIRTY);
    expect(await loop.stateOf(incidentId)).toBe('mitigated');
    for (let i = 0; i < 6; i++) await loop.probe(`${incidentId}-3`);
    expect(await loop.stateOf(incidentId)).toBe('resolved');
    expect(await loop.count('IncidentReopened')).toBe(0);
  });

  it('is decided about at the end of a check during which another agent took over and saw it fail', async () => {
    const { loop, incidentId, check } = await buildMitigated();
    await loop.parts.changeService({ owner_agent: 'new-agent' });
    await loop.report({ agent_id: 'new-agent' });
    expect(await loop.decisions(incidentId)).toEqual([HELD, CHECKED]);
    for (let i = 0; i < 2; i++) await loop.probe(check, DIRTY);
    expect(await loop.decisions(incidentId)).toEqual([HELD, CHECKED, 'act all-guards-allow']);
    expect(await loop.stateOf(incidentId)).toBe('healing');
  });

  it('is checked also when the report came in after the word that it is over', async () => {
    const loop = await HealingLoop.build();
    const observed_at = loop.parts.clock.now().toISOString();
    await loop.say('memory', 'healthy');
    const incidentId = await loop.report({ observed_at });
    expect(await loop.decisions(incidentId)).toEqual(['defer target-is-failing:target-is-healthy-again', CHECKED]);
    for (let i = 0; i < 6; i++) await loop.probe(`${incidentId}-2`);
    expect(await loop.stateOf(incidentId)).toBe('resolved');
    expect(await loop.count('FixCommanded')).toBe(0);
  });

  it('is in no way of a fix for another fault of the same service', async () => {
    const { loop, check } = await buildMitigated();
    await loop.parts.changeService({ autonomy: 'auto' });
    const other = await loop.report({ fingerprint: 'fp@1:another' });
    expect(await loop.decisions(other)).toEqual(['act all-guards-allow']);
    expect((await loop.parts.slots.load('memory')).state.liveFix).toBe(`${other}-1`);
    for (let i = 0; i < 6; i++) await loop.probe(check);
    expect((await loop.parts.slots.load('memory')).state.liveFix).toBe(`${other}-1`);
  });

  it('is left as it is where no rule knows the fault', async () => {
    const loop = await HealingLoop.build();
    const incidentId = await loop.report({ error: buildWireError({ type: 'js-error', data: { message: 'x' } }) });
    await loop.say('memory', 'healthy');
    expect(await loop.decisions(incidentId)).toEqual(['deny no-rule']);
    expect(await loop.stateOf(incidentId)).toBe('open');
  });
});
