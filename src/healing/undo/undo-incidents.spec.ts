import { beforeEach, describe, expect, it } from '@jest/globals';
import { STRATEGIES, StrategyRegistry } from '#libs/fix-strategies';
import { HealingLoop } from '../../../test/builders/healing-loop.ts';
import { buildWireError } from '../../../test/builders/incident-builder.ts';
import { store } from '../../../test/builders/log-builder.ts';
import { DIRTY } from '../../../test/builders/stub-prober.ts';
import { SWITCH_POOL } from '../../../test/builders/strategy-builder.ts';
import { logStreams } from '../../platform/log/stream-names.ts';
import { UndosService } from './undos.service.ts';

const ADA = { actor: 'person:ada', role: 'sre', reason: 'requests are lost' } as const;
const LOST = buildWireError({ data: { check: 'database', reason: 'exited' } });

describe('the incident of a fix that is undone', () => {
  let loop: HealingLoop;
  let incidentId: string;
  let fixId: string;

  const answer = async (phase: 'succeeded' | 'failed'): Promise<void> => {
    const { state } = await loop.parts.fixes.load(fixId);
    const command_id = state?.commandId ?? '';
    const result = { agent_id: 'memory-agent', command_id, phase, evidence: { before: 'old' } };
    const input = { type: 'result' as const, agentId: 'memory-agent', result };
    await loop.parts.fixes.advance(fixId, { input, key: `result:${command_id}` });
    await loop.settle();
  };
  const undoNext = async (): Promise<void> => {
    const { state } = await loop.parts.fixes.load(fixId);
    const generation = state?.timers.undo ?? 0;
    await loop.parts.fixes.advance(fixId, {
      input: { type: 'timer', name: 'undo', generation },
      key: `timer:undo:${generation}`,
    });
    await loop.settle();
  };
  const wantUndone = async (): Promise<void> => {
    const { log, clock, fixes, contexts, fleet, registry } = loop.parts;
    await new UndosService(log, clock, fixes, contexts, fleet, registry).request(fixId, ADA);
    await undoNext();
  };

  beforeEach(async () => {
    loop = await HealingLoop.build(new StrategyRegistry([...STRATEGIES, SWITCH_POOL]));
    incidentId = await loop.report({ error: LOST });
    fixId = `${incidentId}-1`;
    await answer('succeeded');
  });

  it('is still being healed until all is undone, and then with a person', async () => {
    for (let i = 0; i < 2; i++) await loop.probe(fixId, DIRTY);
    await undoNext();
    expect(await loop.stateOf(incidentId)).toBe('healing');
    await answer('succeeded');
    expect(await loop.stateOf(incidentId)).toBe('escalated');
    expect(await loop.count('IncidentHealing')).toBe(1);
  });

  it('stays resolved where a person has it undone, and a return of the fault is a new one', async () => {
    for (let i = 0; i < 6; i++) await loop.probe(fixId);
    expect(await loop.stateOf(incidentId)).toBe('resolved');
    await wantUndone();
    await answer('succeeded');
    expect(await loop.stateOf(incidentId)).toBe('resolved');
    loop.parts.clock.advance(60_000);
    expect(await loop.report({ error: LOST })).toBe(incidentId.replace(/1$/, '2'));
  });

  it('goes to a person where that undo fails, however well its agent calls the service', async () => {
    for (let i = 0; i < 6; i++) await loop.probe(fixId);
    await loop.say('memory', 'healthy');
    await wantUndone();
    await answer('failed');
    expect(await loop.stateOf(incidentId)).toBe('escalated');
    expect(await loop.count('IncidentEscalated')).toBe(1);
  });

  it('is checked once the undo is done, where its agent called it healthy meanwhile', async () => {
    for (let i = 0; i < 2; i++) await loop.probe(fixId, DIRTY);
    const say = (type: string): Promise<void> =>
      store(loop.parts.log, logStreams.control, { type, data: { scope: 'global', reason: 'a test' } });
    await say('HealingStopped');
    await undoNext();
    expect(await loop.stateOf(incidentId)).toBe('escalated');
    await say('HealingResumed');
    await wantUndone();
    await loop.say('memory', 'healthy');
    expect(await loop.decisions(incidentId)).toEqual(['act all-guards-allow']);
    await answer('succeeded');
    expect(await loop.decisions(incidentId)).toEqual(['act all-guards-allow', 'confirm said-to-be-healthy']);
  });
});
