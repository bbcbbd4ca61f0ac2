import { describe, expect, it, jest } from '@jest/globals';
import type { AppendResult } from '#libs/event-store';
import { buildHealing, type HealingParts } from '../../../test/builders/healing-parts.ts';
import { readWhole } from '../../../test/builders/log-builder.ts';
import type { IncidentOpened } from '../../incidents/incident.events.ts';
import { type Recorded, selectRecorded } from '../../platform/log/domain-event.ts';
import { logStreams } from '../../platform/log/stream-names.ts';

const SLOT = logStreams.slot('memory');

async function findOpened(parts: HealingParts, incidentId: string): Promise<Recorded<IncidentOpened>> {
  const all = selectRecorded<IncidentOpened>(await readWhole(parts.log), ['IncidentOpened']);
  const opened = all.find(({ data }) => data.incident_id === incidentId);
  if (opened === undefined) throw new Error('there is no incident');
  return opened;
}

const considerWith = async (parts: HealingParts, incidentId: string): Promise<void> =>
  parts.starter.considerOpened(await findOpened(parts, incidentId));

/** As after anything new in the log. */
async function considerAgain(parts: HealingParts, incidentId: string): Promise<void> {
  const latest = (await readWhole(parts.log)).at(-1);
  if (latest === undefined) throw new Error('the log is empty');
  await parts.starter.consider(incidentId, latest);
}

/** After which a target may be acted upon again, however often it was within the hour. */
const COOLED_DOWN_MS = 300_000;

const setAutonomy = (parts: HealingParts, autonomy: 'off' | 'auto'): Promise<void> => parts.changeService({ autonomy });

describe('starting a fix', () => {
  it('stores decision, fix and slot in one append', async () => {
    const parts = await buildHealing();
    const incidentId = await parts.openIncident('aaa');
    const { position } = await parts.log.store.head();
    await considerWith(parts, incidentId);
    const stored = (await readWhole(parts.log)).slice(position);
    expect(stored.map(({ type }) => type)).toEqual([
      'DecisionMade',
      'FixObserved',
      'FixGuarded',
      'FixCommanded',
      'TimerSet',
      'SlotReserved',
      'FleetSlotReserved',
      'FleetSlotReserved',
      'FleetSlotReserved',
    ]);
    expect(new Set(stored.map(({ recordedAt }) => recordedAt.getTime())).size).toBe(1);
    const [decision, , , commanded] = stored;
    expect(commanded?.data['decision_event_id']).toBe(decision?.id);
    expect(stored.every(({ metadata }) => metadata.correlation_id === incidentId)).toBe(true);
  });

  it('reads nothing of an incident that has just begun', async () => {
    const parts = await buildHealing();
    const incidentId = await parts.openIncident('aaa');
    const opened = await findOpened(parts, incidentId);
    const readStream = jest.spyOn(parts.events, 'readStream');
    await parts.starter.considerOpened(opened);
    const read = readStream.mock.calls.map(([stream]) => stream);
    expect([opened.stream, logStreams.decision(incidentId)].filter((stream) => read.includes(stream))).toEqual([]);
    expect(await parts.typesOf(SLOT)).toEqual(['SlotReserved']);
  });

  it('looks at an incident that has grown since it began', async () => {
    const parts = await buildHealing();
    const incidentId = await parts.openIncident('aaa');
    const opened = await findOpened(parts, incidentId);
    parts.clock.advance(1_000);
    await parts.openIncident('aaa');
    await parts.starter.considerOpened(opened);
    const [decision] = await parts.log.store.readStream(logStreams.decision(incidentId));
    const grown = (await parts.incidents.findEpisode(incidentId))?.episode.evidence;
    expect(grown?.report_position).not.toBe(opened.data.evidence.report_position);
    expect(decision?.data['inputs']).toMatchObject({ evidence: grown });
  });

  it('looks at an incident that began a while ago', async () => {
    const parts = await buildHealing();
    const incidentId = await parts.openIncident('aaa');
    const opened = await findOpened(parts, incidentId);
    parts.clock.advance(5_000);
    const append = jest.spyOn(parts.events, 'append');
    await parts.openIncident('aaa');
    await parts.starter.considerOpened(opened);
    const answers = await Promise.all(append.mock.results.map(({ value }) => value as Promise<AppendResult>));
    expect(answers.filter(({ status }) => status === 'conflict')).toEqual([]);
  });

  it('decides once about the same trigger', async () => {
    const parts = await buildHealing();
    const incidentId = await parts.openIncident('aaa');
    await considerWith(parts, incidentId);
    const { position } = await parts.log.store.head();
    await considerWith(parts, incidentId);
    await considerWith(await parts.replica(), incidentId);
    expect((await parts.log.store.head()).position).toBe(position);
  });

  it('lets one of two replicas win the same incident', async () => {
    const parts = await buildHealing();
    const incidentId = await parts.openIncident('aaa');
    await Promise.all([considerWith(parts, incidentId), considerWith(await parts.replica(), incidentId)]);
    expect(await parts.typesOf(SLOT)).toEqual(['SlotReserved']);
    expect(await parts.typesOf(logStreams.decision(incidentId))).toEqual(['DecisionMade']);
  });

  it('lets one of two incidents win the slot of their target', async () => {
    const parts = await buildHealing();
    const replica = await parts.replica();
    const [first, second] = [await parts.openIncident('aaa'), await parts.openIncident('bbb')];
    await Promise.all([considerWith(parts, first), considerWith(replica, second)]);
    expect(await parts.typesOf(SLOT)).toEqual(['SlotReserved']);
    const decisions = (await readWhole(parts.log)).filter(({ type }) => type === 'DecisionMade');
    expect(new Set(decisions.map(({ data }) => data['verdict']))).toEqual(new Set(['act', 'defer']));
    const deferred = decisions.find(({ data }) => data['verdict'] === 'defer');
    expect(deferred?.data['reason_code']).toBe('one-live-fix-per-target:another-fix-is-live');
  });

  it('begins nothing when the append fails before it is stored', async () => {
    const parts = await buildHealing();
    const incidentId = await parts.openIncident('aaa');
    const { position } = await parts.log.store.head();
    parts.events.nextFailure = 'before';
    await expect(considerWith(parts, incidentId)).rejects.toThrow('broken');
    expect((await parts.log.store.head()).position).toBe(position);
  });

  it('begins one fix when the answer to the append is lost', async () => {
    const parts = await buildHealing();
    const incidentId = await parts.openIncident('aaa');
    parts.events.nextFailure = 'after';
    await expect(considerWith(parts, incidentId)).rejects.toThrow('broken');
    await considerWith(parts, incidentId);
    expect(await parts.typesOf(SLOT)).toEqual(['SlotReserved']);
  });

  it('decides again about what was deferred, under a new number', async () => {
    const parts = await buildHealing();
    const [first, second] = [await parts.openIncident('aaa'), await parts.openIncident('bbb')];
    await considerWith(parts, first);
    await considerWith(parts, second);
    const fixId = `${first}-1`;
    await parts.fixes.advance(fixId, {
      input: { type: 'result', agentId: 'memory-agent', result: refusalOf(`${fixId}.1`) },
      key: 'result:1',
    });
    parts.clock.advance(10_000);
    await considerAgain(parts, second);
    expect(await parts.typesOf(logStreams.fix(`${second}-2`))).toContain('FixCommanded');
  });

  it('decides again about what was denied once that has changed, and says the same only once', async () => {
    const parts = await buildHealing();
    await setAutonomy(parts, 'off');
    const incidentId = await parts.openIncident('aaa');
    await considerWith(parts, incidentId);
    await considerAgain(parts, incidentId);
    const decisions = async () => (await parts.log.store.readStream(logStreams.decision(incidentId))).map(({ data }) => data);
    expect(await decisions()).toMatchObject([{ verdict: 'deny', reason_code: 'autonomy:autonomy-is-off' }]);
    await setAutonomy(parts, 'auto');
    await considerAgain(parts, incidentId);
    expect((await decisions()).map(({ verdict }) => verdict)).toEqual(['deny', 'act']);
  });

  it('counts a second attempt among the five actions of an hour', async () => {
    const parts = await buildHealing();
    for (let i = 0; i < 4; i++) {
      parts.clock.advance(COOLED_DOWN_MS);
      const incidentId = await parts.openIncident(`a${i}`);
      await considerWith(parts, incidentId);
      const result = refusalOf(`${incidentId}-1.1`);
      await parts.fixes.advance(`${incidentId}-1`, {
        input: { type: 'result', agentId: 'memory-agent', result },
        key: 'result:1',
      });
    }
    parts.clock.advance(COOLED_DOWN_MS);
    const incidentId = await parts.openIncident('a5');
    await considerWith(parts, incidentId);
    const fixId = `${incidentId}-1`;
    const failed = { ...refusalOf(`${fixId}.1`), phase: 'failed' as const, reason_code: 'not-ready' };
    await parts.fixes.advance(fixId, { input: { type: 'result', agentId: 'memory-agent', result: failed }, key: 'result:1' });
    await parts.fixes.advance(fixId, { input: { type: 'timer', name: 'retry', generation: 1 }, key: 'timer:retry:1' });
    expect((await parts.fixes.load(fixId)).state).toMatchObject({ state: 'escalated', attempt: 1 });
    expect((await parts.typesOf(SLOT)).filter((type) => type === 'SlotReserved')).toHaveLength(5);
  });

  it('escalates what was tried five times within an hour', async () => {
    const parts = await buildHealing();
    for (let i = 0; i < 5; i++) {
      parts.clock.advance(COOLED_DOWN_MS);
      const incidentId = await parts.openIncident(`a${i}`);
      await considerWith(parts, incidentId);
      const fixId = `${incidentId}-1`;
      const stimulus = {
        input: { type: 'result' as const, agentId: 'memory-agent', result: refusalOf(`${fixId}.1`) },
        key: 'result:1',
      };
      await parts.fixes.advance(fixId, stimulus);
    }
    const sixth = await parts.openIncident('a6');
    await considerWith(parts, sixth);
    const [decision] = await parts.log.store.readStream(logStreams.decision(sixth));
    expect(decision?.data).toMatchObject({ verdict: 'escalate', reason_code: 'action-rate:too-many-actions-in-an-hour' });
    expect(await parts.typesOf(logStreams.fix(`${sixth}-1`))).toEqual([]);
  });
});

const refusalOf = (command_id: string) => ({
  agent_id: 'memory-agent',
  command_id,
  phase: 'refused' as const,
  reason_code: 'expired',
});
