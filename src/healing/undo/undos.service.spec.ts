import { beforeEach, describe, expect, it } from '@jest/globals';
import { STRATEGIES, StrategyRegistry } from '#libs/fix-strategies';
import { buildHealing, type HealingParts } from '../../../test/builders/healing-parts.ts';
import { readWhole, store } from '../../../test/builders/log-builder.ts';
import { CLEAN, DIRTY } from '../../../test/builders/stub-prober.ts';
import { SWITCH_POOL } from '../../../test/builders/strategy-builder.ts';
import { logStreams } from '../../platform/log/stream-names.ts';
import type { TimerName } from '../saga/fix.events.ts';
import type { ProbeOutcome } from '../saga/fix-saga.inputs.ts';
import { UndosService } from './undos.service.ts';

const ADA = { actor: 'person:ada', role: 'sre', reason: 'requests are lost' } as const;
const HOUR_MS = 3_600_000;

let parts: Awaited<ReturnType<typeof buildHealing>>;

beforeEach(async () => {
  parts = await buildHealing(new StrategyRegistry([...STRATEGIES, SWITCH_POOL]));
});

const undosOf = ({ log, clock, fixes, contexts, fleet, registry }: HealingParts = parts): UndosService =>
  new UndosService(log, clock, fixes, contexts, fleet, registry);

const stateOf = async (fixId: string): Promise<string | undefined> => (await parts.fixes.load(fixId)).state?.state;

const typesOf = (fixId: string): Promise<string[]> => parts.typesOf(logStreams.fix(fixId));

async function fire(fixId: string, name: TimerName, { probe, by = parts }: { probe?: ProbeOutcome; by?: HealingParts } = {}) {
  const { state } = await by.fixes.load(fixId);
  const generation = state?.timers[name] ?? 0;
  const input = { type: 'timer' as const, name, generation, ...(probe && { probe }) };
  await by.fixes.advance(fixId, { input, key: `timer:${name}:${generation}` });
}

async function answer(fixId: string, phase: 'succeeded' | 'failed', evidence = { before: 'old' }): Promise<void> {
  const { state } = await parts.fixes.load(fixId);
  const result = { agent_id: 'memory-agent', command_id: state?.commandId ?? '', phase, evidence };
  await parts.fixes.advance(fixId, {
    input: { type: 'result', agentId: 'memory-agent', result },
    key: `result:${result.command_id}`,
  });
}

/** A fix that was carried out. The last one was long ago, so that no guard has anything against it. */
async function begin(
  fingerprint: string,
  symptom: 'database-connection' | 'service-down' = 'database-connection',
): Promise<string> {
  parts.clock.advance(2 * HOUR_MS);
  const incidentId = await parts.openIncident(fingerprint, { symptom });
  await parts.startFix(incidentId);
  await answer(`${incidentId}-1`, 'succeeded');
  return `${incidentId}-1`;
}

async function heal(...from: Parameters<typeof begin>): Promise<string> {
  const fixId = await begin(...from);
  for (let i = 0; i < 6; i++) await fire(fixId, 'probe', { probe: CLEAN });
  expect(await stateOf(fixId)).toBe('healed');
  return fixId;
}

async function failCheck(fixId: string): Promise<void> {
  for (let i = 0; i < 2; i++) await fire(fixId, 'probe', { probe: DIRTY });
}

const stop = (): Promise<void> =>
  store(parts.log, logStreams.control, { type: 'HealingStopped', data: { scope: 'global', reason: 'r' } });

describe("a person's undo", () => {
  it('makes the fix live again, holds its target and place, and lets both go at its end', async () => {
    const fixId = await heal('aa');
    await undosOf().request(fixId, ADA);
    expect((await parts.slots.load('memory')).state.liveFix).toBe(fixId);
    expect(await parts.fleet.findHeld(fixId)).toBeDefined();
    await fire(fixId, 'undo');
    await answer(fixId, 'succeeded');
    expect(await stateOf(fixId)).toBe('undone');
    expect((await typesOf(fixId)).slice(-9)).toEqual([
      'VerdictRevoked',
      'UndoBegun',
      'TimerSet',
      'TimerFired',
      'FixGuarded',
      'FixCommanded',
      'TimerSet',
      'StepUndone',
      'FixUndone',
    ]);
    const { liveFix, reservedAtMs } = (await parts.slots.load('memory')).state;
    expect([liveFix, reservedAtMs.length]).toEqual([undefined, 1]);
    expect(await parts.fleet.findHeld(fixId)).toBeUndefined();
    await expect(undosOf().request(fixId, ADA)).rejects.toMatchObject({ code: 'undone-already' });
  });

  it('is tried without a trace', async () => {
    const fixId = await heal('aa');
    const before = await parts.log.store.head();
    const { commands } = await undosOf().request(fixId, ADA, { dryRun: true });
    expect(commands).toMatchObject([{ commandId: `${fixId}.u1`, parameters: { pool: 'old' } }]);
    expect(await parts.log.store.head()).toEqual(before);
  });

  it('goes from the last fix of a target to the first', async () => {
    const first = await heal('aa');
    const restart = await heal('bb', 'service-down');
    const second = await heal('cc');
    await expect(undosOf().request(first, ADA)).rejects.toMatchObject({
      code: 'later-fix-first',
      message: expect.stringContaining(second),
    });
    await expect(undosOf().request(restart, ADA)).rejects.toMatchObject({ code: 'not-reversible' });
    for (const fixId of [second, first]) {
      await undosOf().request(fixId, ADA);
      await fire(fixId, 'undo');
      await answer(fixId, 'succeeded');
      expect(await stateOf(fixId)).toBe('undone');
    }
  });

  it('is refused while the fix, or another one of its target, is under way, and of what is not there', async () => {
    const healed = await heal('aa');
    const live = await begin('bb', 'service-down');
    await expect(undosOf().request(healed, ADA)).rejects.toMatchObject({ code: 'another-fix-is-live' });
    await expect(undosOf().request(live, ADA)).rejects.toMatchObject({ code: 'not-reversible' });
    await expect(undosOf().request('none-1-1', ADA)).rejects.toMatchObject({ code: 'fix-not-found' });
    const running = await buildHealing(new StrategyRegistry([...STRATEGIES, SWITCH_POOL]));
    parts = running;
    await expect(undosOf().request(await begin('cc'), ADA)).rejects.toMatchObject({ code: 'fix-is-live' });
  });

  it('is refused where nothing was done, where that does not tell enough, and where it may not be touched', async () => {
    parts.clock.advance(HOUR_MS);
    const incidentId = await parts.openIncident('aa', { symptom: 'database-connection' });
    await parts.startFix(incidentId);
    const nothing = `${incidentId}-1`;
    const result = { agent_id: 'memory-agent', command_id: `${nothing}.1`, phase: 'refused' as const };
    await parts.fixes.advance(nothing, { input: { type: 'result', agentId: 'memory-agent', result }, key: 'refused' });
    await expect(undosOf().request(nothing, ADA)).rejects.toMatchObject({ code: 'nothing-was-done' });
    const fixId = await heal('bb');
    const settings = { never_touch: true };
    const data = { scope: 'service:memory', settings, source: 'person', reason: 'r' };
    await store(parts.log, logStreams.policy, { type: 'PolicyChanged', data });
    await expect(undosOf().request(fixId, ADA)).rejects.toMatchObject({
      code: 'undo-denied',
      message: expect.stringContaining('never-touch'),
    });
  });

  it('begins once, whoever asks at the same time', async () => {
    const fixId = await heal('aa');
    const replica = await parts.replica();
    const asked = await Promise.allSettled(
      [parts, replica, parts].map((side, index) => undosOf(side).request(fixId, { ...ADA, actor: `person:${index}` })),
    );
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await typesOf(fixId)).filter((type) => type === 'UndoBegun')).toHaveLength(1);
  });
});

describe('an undo that a failed check asks for', () => {
  it('goes on after a restart, and is commanded once by however many orchestrators', async () => {
    const fixId = await begin('aa');
    await failCheck(fixId);
    expect(await stateOf(fixId)).toBe('undoing');
    const [one, other] = [await parts.replica(), await parts.replica()];
    await Promise.all([one, other, parts].map((by) => fire(fixId, 'undo', { by })));
    const commands = (await readWhole(parts.log)).filter(({ type }) => type === 'FixCommanded');
    expect(commands.map(({ data }) => data['undoes'])).toEqual([undefined, `${fixId}.1`]);
  });

  it('commands nothing once healing was stopped, also between the guards and the append', async () => {
    const fixId = await begin('aa');
    await failCheck(fixId);
    parts.events.beforeNextAppend = stop;
    await fire(fixId, 'undo');
    expect((await parts.fixes.load(fixId)).state).toMatchObject({ state: 'escalated', endedBecause: 'undo-denied:kill-switch' });
    expect((await readWhole(parts.log)).filter(({ type }) => type === 'FixCommanded')).toHaveLength(1);
  });

  it('commands nothing where another agent answers for the service by now', async () => {
    const fixId = await begin('aa');
    await failCheck(fixId);
    await parts.changeService({ owner_agent: 'another-agent' });
    await fire(fixId, 'undo');
    expect((await parts.fixes.load(fixId)).state?.endedBecause).toBe('undo-denied:exactly-one-owned-target');
  });
});
