import { beforeEach, describe, expect, it } from '@jest/globals';
import { HealingLoop } from '../../../test/builders/healing-loop.ts';
import { DIRTY } from '../../../test/builders/stub-prober.ts';

const ACTED = 'act all-guards-allow';
const CHECKED = 'confirm said-to-be-healthy';

describe('an incident that a person was told of', () => {
  let loop: HealingLoop;
  let incidentId: string;
  let check: string;

  /** The agent refuses the only attempt, so that a person is told. */
  const refuse = async (): Promise<void> => {
    const refused = { agent_id: 'memory-agent', command_id: `${incidentId}-1.1`, phase: 'refused' as const };
    const input = { type: 'result' as const, agentId: 'memory-agent', result: refused };
    await loop.parts.fixes.advance(`${incidentId}-1`, { input, key: 'result:1' });
    await loop.settle();
  };

  beforeEach(async () => {
    loop = await HealingLoop.build();
    incidentId = await loop.report();
    check = `${incidentId}-2`;
  });

  it('is resolved by own probes once its agent says that it is over, and nothing is commanded for that', async () => {
    await refuse();
    expect(await loop.stateOf(incidentId)).toBe('escalated');
    await loop.say('memory', 'healthy');
    expect(await loop.decisions(incidentId)).toEqual([ACTED, CHECKED]);
    expect(await loop.stateOf(incidentId)).toBe('mitigated');
    for (let i = 0; i < 6; i++) await loop.probe(check);
    expect(await loop.stateOf(incidentId)).toBe('resolved');
    expect(await loop.count('FixCommanded')).toBe(1);
  });

  it('is checked at once where its agent said so before the person was told', async () => {
    await loop.say('memory', 'healthy');
    expect(await loop.stateOf(incidentId)).toBe('healing');
    await refuse();
    expect(await loop.decisions(incidentId)).toEqual([ACTED, CHECKED]);
    for (let i = 0; i < 6; i++) await loop.probe(check);
    expect(await loop.stateOf(incidentId)).toBe('resolved');
  });

  it('swallows no later death of the service: that is a new one, and is decided about', async () => {
    await loop.say('memory', 'healthy');
    await refuse();
    for (let i = 0; i < 6; i++) await loop.probe(check);
    loop.parts.clock.advance(10_000);
    const next = await loop.report();
    expect(next).toBe(incidentId.replace(/1$/, '2'));
    expect(await loop.decisions(next)).toEqual([ACTED]);
    expect(await loop.stateOf(next)).toBe('healing');
  });

  it('stays with the person where the own look contradicts its agent', async () => {
    await loop.say('memory', 'healthy');
    loop.parts.prober.answer = DIRTY;
    await refuse();
    expect(await loop.stateOf(incidentId)).toBe('escalated');
    expect(await loop.decisions(incidentId)).toEqual([ACTED]);
  });

  it('stays with the person where its agent said so before the fault was seen', async () => {
    loop = await HealingLoop.build();
    await loop.say('memory', 'healthy');
    incidentId = await loop.report();
    await refuse();
    expect(await loop.stateOf(incidentId)).toBe('escalated');
  });

  it('is left to the person when three checks running contradict its agent, and not checked for ever', async () => {
    await refuse();
    await loop.say('memory', 'healthy');
    for (const number of [2, 3, 4]) for (let i = 0; i < 2; i++) await loop.probe(`${incidentId}-${number}`, DIRTY);
    expect((await loop.decisions(incidentId)).at(-1)).toBe('escalate said-to-be-healthy-but-probes-fail');
    expect(await loop.stateOf(incidentId)).toBe('escalated');
    const { position } = await loop.parts.log.store.head();
    await loop.settle();
    expect((await loop.parts.log.store.head()).position).toBe(position);
  });

  it('is checked once, whoever reads the log again', async () => {
    await loop.say('memory', 'healthy');
    await refuse();
    const { position } = await loop.parts.log.store.head();
    await loop.restart();
    expect((await loop.parts.log.store.head()).position).toBe(position);
  });
});

describe('an incident with which a fix is busy', () => {
  it('is not checked beside it, whatever its agent says', async () => {
    const loop = await HealingLoop.build();
    const incidentId = await loop.report();
    await loop.say('memory', 'healthy');
    expect(await loop.decisions(incidentId)).toEqual([ACTED]);
    expect(await loop.stateOf(incidentId)).toBe('healing');
  });
});
