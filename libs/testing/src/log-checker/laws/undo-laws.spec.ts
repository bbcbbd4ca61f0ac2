import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '#libs/contracts';
import { checkLog } from '../check-log.ts';
import { fix, HEALED_STORY, slot, tell, timer, type ToldEvent } from '../story-builder.ts';
import { UNDO_GUARDS } from './guard-words.ts';

const OPTIONS = { options: { reversible: ['restart/service'] } };
const STRATEGY = { agent_id: 'agent', strategy: 'restart/service', decision_event_id: '00000000-0000-4000-8000-000000000006' };
const WORDS = UNDO_GUARDS.map((guard) => ({ guard, verdict: 'allow', reason_code: 'ok' }));

const check = (story: readonly ToldEvent[]): string[] =>
  checkLog(tell(story, OPTIONS)).map(({ code, positions }) => `${code} ${positions.join()}`);

/** As far as the verdict, and then this one. */
const judged = (verdict: string): ToldEvent[] => [
  ...HEALED_STORY.slice(
    0,
    HEALED_STORY.findIndex(([, type]) => type === 'VerdictReached'),
  ),
  fix('VerdictReached', { verdict }),
];

const undoOf = (step: string, generation = 1): ToldEvent[] => [
  timer('TimerFired', 'undo', generation),
  fix('FixGuarded', { guards: WORDS }),
  fix('FixCommanded', { ...STRATEGY, attempt: 1, command_id: `${step}.u`, undoes: step }),
  timer('TimerSet', 'acknowledge', generation + 1),
];
const begin = (data: JsonObject = {}): ToldEvent[] => [
  fix('UndoBegun', { ...STRATEGY, undoes: ['k-1-1.1'], ends_as: 'FixAbandoned', ...data }),
  timer('TimerSet', 'undo'),
];
const undone = fix('StepUndone', { command_id: 'k-1-1.1.u', undoes: 'k-1-1.1' });
const end = (type: string): ToldEvent[] => [fix(type, STRATEGY), slot('SlotReleased')];

describe('the law of undos', () => {
  it.each(['recurred', 'regressed', 'inconclusive'])('lets a fix that %s be undone, and something else be tried', (verdict) => {
    expect(
      check([...judged(verdict), ...begin(), ...undoOf('k-1-1.1'), undone, fix('FixUndone'), ...end('FixAbandoned')]),
    ).toEqual([]);
  });

  it('lets a person be told in its place, at any point', () => {
    const story = [...judged('recurred'), ...begin(), ...undoOf('k-1-1.1')];
    expect(check([...judged('recurred'), ...end('FixEscalated')])).toEqual([]);
    expect(check([...story.slice(0, -2), ...end('FixEscalated')])).toEqual([]);
    expect(check([...story, ...end('FixEscalated')])).toEqual([]);
    expect(check([...story, undone, fix('FixUndone'), ...end('FixEscalated')])).toEqual([]);
  });

  it('finds something else that is tried before all is undone', () => {
    const failed = judged('recurred');
    expect(check([...failed, ...end('FixAbandoned')])).toEqual([`undo-missing ${failed.length + 1}`]);
    const story = [...failed, ...begin(), ...undoOf('k-1-1.1')];
    expect(check([...story, ...end('FixAbandoned')])).toContain(`illegal-fix-move ${story.length + 1}`);
    expect(check([...story, undone, ...end('FixAbandoned')])).toContain(`undo-missing ${story.length + 2}`);
  });

  it('lets something else be tried where nothing was done, and not where nobody knows', () => {
    const before = HEALED_STORY.slice(
      0,
      HEALED_STORY.findIndex(([, type]) => type === 'FixExecuted'),
    );
    const verifying = (because: string): ToldEvent[] => [
      fix('VerificationStarted', { because, required_clean: 6 }),
      fix('VerdictReached', { verdict: 'inconclusive' }),
    ];
    const failed = [...before, fix('FixAttemptFailed'), ...verifying('recovered-before-retry')];
    expect(check([...failed, ...end('FixAbandoned')])).toEqual([]);
    const unknown = [...before, fix('OutcomeUnknown'), ...verifying('outcome-unknown')];
    expect(check([...unknown, ...end('FixAbandoned')])).toEqual([`undo-missing ${unknown.length + 1}`]);
    expect(check([...unknown, ...end('FixEscalated')])).toEqual([]);
  });

  it('finds a step that is undone before one that was done after it', () => {
    const executed = HEALED_STORY.findIndex(([, type]) => type === 'FixExecuted') + 1;
    const twice = judged('recurred').toSpliced(executed, 0, fix('FixExecuted', { command_id: 'k-1-1.2' }));
    const steps = { undoes: ['k-1-1.1', 'k-1-1.2'] };
    const found = check([...twice, ...begin(steps), ...undoOf('k-1-1.1')]).filter((line) => line.startsWith('undo'));
    expect(found).toEqual([`undo-unfounded ${twice.length + 5}`]);
    const inOrder = [...twice, ...begin({ undoes: steps.undoes.toReversed() }), ...undoOf('k-1-1.2')];
    expect(check(inOrder).filter((line) => line.startsWith('undo'))).toEqual([]);
  });

  it('finds an undo that nobody began, and one that a guard had nothing to say to', () => {
    const failed = judged('recurred');
    expect(check([...failed, ...undoOf('k-1-1.1').slice(1)])).toContain(`undo-unfounded ${failed.length + 2}`);
    const silent = [...failed, ...begin(), ...undoOf('k-1-1.1').filter(([, type]) => type !== 'FixGuarded')];
    expect(check(silent)).toContain(`command-without-decision ${failed.length + 4}`);
  });
});
