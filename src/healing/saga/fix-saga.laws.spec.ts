import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { buildCommandedFix, buildConfirmation, FIX_ID, type FixUnderTest } from '../../../test/builders/fix-builder.ts';
import { BEGIN_MS } from '../../../test/builders/incident-builder.ts';
import { SWITCH_POOL } from '../../../test/builders/strategy-builder.ts';
import type { FixCommanded, FixEvent, TimerName } from './fix.events.ts';
import type { FixInput } from './fix-saga.inputs.ts';
import type { FixSagaState } from './fix-saga.ts';
import { isTerminal } from './fix-saga.ts';

const probe = fc.option(fc.record({ ok: fc.boolean(), reasonCode: fc.constant('x'), latencyMs: fc.nat(5000) }), {
  nil: undefined,
});

const input: fc.Arbitrary<FixInput> = fc.oneof(
  fc
    .record({
      agentId: fc.constantFrom('memory-agent', 'memory-agent', 'memory-agent', 'somebody-else'),
      command: fc.constantFrom('0', '1', '1', '2', '2', '3', 'u1', 'u1', 'u2'),
      phase: fc.constantFrom('acknowledged', 'succeeded', 'failed', 'refused', 'outcome_unknown'),
      reason_code: fc.constantFrom('not-ready', 'port-in-use'),
    })
    .map(({ agentId, command, phase, reason_code }) => ({
      type: 'result' as const,
      agentId,
      result: { agent_id: agentId, command_id: `${FIX_ID}.${command}`, phase, reason_code } as (FixInput & {
        type: 'result';
      })['result'],
    })),
  fc
    .record({
      name: fc.constantFrom<TimerName>('acknowledge', 'result', 'retry', 'probe', 'verification-deadline', 'undo'),
      generation: fc.integer({ min: 0, max: 9 }),
      probe,
    })
    .map((timer) => ({ type: 'timer' as const, ...timer })),
  fc.record({
    type: fc.constant('fault' as const),
    agentId: fc.constantFrom('memory-agent', 'some-page'),
    fingerprint: fc.constantFrom('fp@1:0123456789abcdef', 'fp@1:another'),
    observedAtMs: fc.integer({ min: BEGIN_MS - 60_000, max: BEGIN_MS + 120_000 }),
  }),
);

const MOVES: Record<FixSagaState, readonly FixSagaState[]> = {
  observed: ['commanded', 'verifying', 'awaiting-approval'],
  'awaiting-approval': ['commanded', 'verifying', 'escalated'],
  commanded: ['acknowledged', 'backing-off', 'verifying', 'escalated'],
  acknowledged: ['backing-off', 'verifying', 'escalated'],
  'backing-off': ['commanded', 'verifying', 'escalated'],
  // Back off it may only when the outcome was unknown and a late result says that the attempt failed.
  verifying: ['backing-off', 'healed', 'escalated', 'withdrawn', 'undoing'],
  undoing: ['escalated', 'abandoned'],
  undone: [],
  healed: [],
  escalated: [],
  abandoned: [],
  withdrawn: [],
};

type Move = [from: FixSagaState, to: FixSagaState];

/** Hands everything in, half a second apart, and tells each move. */
function play(inputs: readonly FixInput[], fix = buildCommandedFix()): { fix: FixUnderTest; moves: Move[] } {
  const moves: Move[] = [];
  for (const next of inputs) {
    const before = fix.state;
    fix.nowMs += 500;
    const events = fix.input(next);
    if (isTerminal(before)) expect(events).toEqual([]);
    if (events.length === 0) expect(fix.state).toBe(before);
    if (fix.state.state !== before.state) moves.push([before.state, fix.state.state]);
    // What is handed in again follows from nothing new.
    expect(fix.input(next)).toEqual([]);
  }
  return { fix, moves };
}

const count = (events: readonly FixEvent[], ...types: FixEvent['type'][]): number =>
  events.filter(({ type }) => types.includes(type)).length;

/** Fires whatever waits, as time would, until nothing does. */
function runOut(fix: FixUnderTest): void {
  const names = [
    'acknowledge',
    'result',
    'retry',
    'acknowledge',
    'result',
    'verification-deadline',
    'undo',
    'acknowledge',
  ] as const;
  for (const name of names) {
    fix.fire(name);
  }
}

const holds = (law: (inputs: readonly FixInput[]) => void, numRuns = 1000): void =>
  fc.assert(fc.property(fc.array(input, { maxLength: 60 }), law), { seed: 5, numRuns });

describe('the laws of a fix', () => {
  it('allow only legal moves, whatever comes in', () => {
    holds((inputs) => {
      for (const [from, to] of play(inputs).moves) expect(MOVES[from]).toContain(to);
    });
  });

  it('let only what commanded nothing be withdrawn', () => {
    holds((inputs) => expect(play(inputs).fix.state.state).not.toBe('withdrawn'));
  });

  it('let a check that commands nothing only heal or be withdrawn, once, and never command', () => {
    holds((inputs) => {
      const { fix, moves } = play(inputs, buildConfirmation());
      for (const [from, to] of moves) {
        expect(MOVES[from]).toContain(to);
        expect(['healed', 'withdrawn']).toContain(to);
      }
      runOut(fix);
      expect(fix.state.state).toMatch(/^(healed|withdrawn)$/);
      expect(count(fix.events, 'FixHealed', 'FixWithdrawn')).toBe(1);
      expect(count(fix.events, 'FixCommanded', 'FixEscalated', 'FixAttemptFailed', 'OutcomeUnknown')).toBe(0);
      expect(count(fix.events, 'VerdictReached')).toBe(fix.state.state === 'healed' ? 1 : 0);
    });
  });

  it('allow as many commands as the strategy has attempts', () => {
    holds((inputs) => expect(count(play(inputs).fix.events, 'FixCommanded')).toBeLessThanOrEqual(2));
  });

  it('allow no second command without a failed result between', () => {
    holds((inputs) => {
      let isOpen = false;
      for (const { type } of play(inputs).fix.events) {
        if (type === 'FixAttemptFailed') isOpen = false;
        if (type !== 'FixCommanded') continue;
        expect(isOpen).toBe(false);
        isOpen = true;
      }
    });
  });

  it('end a fix once, at the latest when its timers run out', () => {
    holds((inputs) => {
      const { fix } = play(inputs);
      expect(count(fix.events, 'FixHealed', 'FixEscalated')).toBe(isTerminal(fix.state) ? 1 : 0);
      runOut(fix);
      expect(count(fix.events, 'FixHealed', 'FixEscalated')).toBe(1);
      expect(fix.events.at(-1)?.type).toMatch(/^Fix(Healed|Escalated)$/);
    });
  });

  it('call a fix healed only after enough clean probes', () => {
    holds((inputs) => {
      const { fix } = play(inputs);
      if (fix.state.state !== 'healed') return;
      const verdict = fix.events.findLast(({ type }) => type === 'VerdictReached');
      expect(verdict).toMatchObject({ data: { clean_probes: 6, required_clean: 6 } });
      expect(count(fix.events, 'VerdictReached')).toBe(1);
    });
  });

  it('give each timer that is set a generation of its own', () => {
    holds((inputs) => {
      const set = play(inputs).fix.events.flatMap((event) =>
        event.type === 'TimerSet' ? [`${event.data.name}:${event.data.generation}`] : [],
      );
      expect(new Set(set).size).toBe(set.length);
    });
  });
});

const commandsOf = (events: readonly FixEvent[]): FixCommanded['data'][] =>
  events.flatMap((event) => (event.type === 'FixCommanded' ? [event.data] : []));

describe('the laws of a fix that can be undone', () => {
  /** Played until nothing waits any more. */
  const end = (inputs: readonly FixInput[], next: readonly string[] = []): { fix: FixUnderTest; moves: Move[] } => {
    const begun = buildCommandedFix(SWITCH_POOL);
    Object.assign(begun.state, { nextStrategies: next });
    const { fix, moves } = play(inputs, begun);
    runOut(fix);
    return { fix, moves };
  };

  it('allow only legal moves, and one end', () => {
    holds((inputs) => {
      const { fix, moves } = end(inputs);
      for (const [from, to] of moves) expect(MOVES[from]).toContain(to);
      expect(count(fix.events, 'FixHealed', 'FixEscalated', 'FixAbandoned')).toBe(1);
      expect(fix.events.at(-1)?.type).toMatch(/^Fix(Healed|Escalated)$/);
    }, 400);
  });

  it('give each failed check one undo or an escalation, also where there is something else to try', () => {
    holds((inputs) => {
      const { fix } = end(inputs, ['restart/another']);
      const verdict = fix.state.verdict;
      const isBad = verdict === 'recurred' || verdict === 'regressed' || verdict === 'inconclusive';
      const undos = count(fix.events, 'FixUndone');
      expect(undos).toBeLessThanOrEqual(1);
      const isDone = count(fix.events, 'FixExecuted') > 0 || fix.state.verifyingBecause === 'outcome-unknown';
      if (isBad && isDone && undos === 0) expect(fix.events.at(-1)?.type).toBe('FixEscalated');
      if (!isBad) expect(count(fix.events, 'UndoBegun')).toBe(0);
    }, 400);
  });

  it('command an undo at most once, and only of what was said to be carried out', () => {
    holds((inputs) => {
      const { events } = end(inputs).fix;
      const undone = commandsOf(events).flatMap(({ undoes }) => undoes ?? []);
      const executed = events.flatMap((event) => (event.type === 'FixExecuted' ? [event.data.command_id] : []));
      expect(new Set(undone).size).toBe(undone.length);
      for (const command of undone) expect(executed).toContain(command);
      expect(undone.length).toBeLessThanOrEqual(count(events, 'UndoBegun'));
    }, 400);
  });
});
