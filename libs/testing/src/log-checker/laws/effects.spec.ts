import { describe, expect, it } from '@jest/globals';
import { checkLog } from '../check-log.ts';
import type { AgentLedger, Effect } from '../evidence.ts';
import { tell, type ToldEvent } from '../story-builder.ts';

const command = (id: string, target: string, agentId = 'agent'): ToldEvent => [
  `fix-${id}`,
  'FixCommanded',
  { fix_id: id, command_id: `${id}.1`, target, agent_id: agentId, strategy: 'restart/service', attempt: 1 },
];
const COMMANDS = [command('a', 'memory'), command('b', 'memory'), command('c', 'rag'), command('d', 'rag', 'other')];
const begun = (id: string): Effect => {
  const index = COMMANDS.findIndex(([stream]) => stream === `fix-${id}`);
  return { commandId: `${id}.1`, target: index < 2 ? 'memory' : 'rag', fencePosition: index + 1 };
};

/** What is found in ledgers, told as agents and what they began. */
const judge = (...ledgers: AgentLedger[]): string[] =>
  checkLog(tell(COMMANDS, { ledgers }))
    .filter(({ code }) => code.includes('effect') || code === 'stale-fence')
    .map(({ code, ids }) => `${code} ${ids.join()}`);
const agent = (...effects: Effect[]): AgentLedger => ({ agentId: 'agent', effects });

describe('the law of effects', () => {
  it('lets each command be begun once, in the order in which they were stored', () => {
    expect(judge(agent(begun('a'), begun('c'), begun('b')), { agentId: 'other', effects: [begun('d')] })).toEqual([]);
  });

  it('finds one that was begun again, or that nobody commanded so', () => {
    expect(judge(agent(begun('a'), begun('a')))).toEqual(['second-effect a.1']);
    expect(judge(agent({ ...begun('a'), commandId: 'z.1' }))).toEqual(['effect-without-command z.1']);
    expect(judge(agent({ ...begun('a'), fencePosition: 2 }))).toEqual(['effect-without-command a.1']);
    expect(judge(agent(begun('d')))).toEqual(['effect-without-command d.1']);
  });

  it('finds what came again as something else than was commanded', () => {
    const told = { ...agent(begun('a'), begun('b')), repeated: [begun('a'), begun('a')] };
    expect(judge(told)).toEqual([]);
    expect(judge({ ...told, repeated: [{ ...begun('a'), target: 'rag' }] })).toEqual(['effect-without-command a.1']);
    expect(judge({ ...told, repeated: [begun('d')] })).toEqual(['effect-without-command d.1']);
  });

  it('finds one that is older than what was begun on its target before', () => {
    expect(judge(agent(begun('b'), begun('a')))).toEqual(['stale-fence a.1']);
    expect(judge(agent(begun('b'), begun('a'), begun('b')))).toEqual(['second-effect b.1', 'stale-fence a.1']);
  });
});
