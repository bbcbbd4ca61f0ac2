import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../json.ts';
import { Narrator } from '../narrator.ts';
import type { Sentence } from '../sentence.ts';

const FIX = { fix_id: 'f', incident_id: 'i', strategy: 'patch/example', target: 'shop' };
const COMMAND = { ...FIX, agent_id: 'shop-agent', command_id: 'f.u1', attempt: 1, undoes: 'f.1' };

const tellAll = (...events: [type: string, data: JsonObject][]): Sentence[] => {
  const narrator = new Narrator();
  return events.map(
    ([type, data], index) =>
      narrator.tell({
        position: String(index + 1),
        event_id: '01a20ad7-f44b-7119-aad7-1cf690596640',
        stream: 'fix-f',
        version: index + 1,
        type,
        schema_version: 1,
        recorded_at: '2026-10-01T03:00:00.000Z',
        data,
        metadata: {},
      }).sentence,
  );
};

describe('the story of an undo', () => {
  it('says why it begins, what is commanded, and when nothing is left', () => {
    const told = tellAll(
      ['UndoBegun', { ...FIX, undoes: ['f.2', 'f.1'], reason_code: 'verification-recurred', ends_as: 'FixAbandoned' }],
      ['FixCommanded', COMMAND],
      ['StepUndone', { fix_id: 'f', command_id: 'f.u1', undoes: 'f.1', duration_ms: 120 }],
      ['FixUndone', { ...FIX, steps: 2 }],
    );
    expect(told.map(({ text }) => text)).toEqual([
      'patch/example is undone, 2 steps, the last one first: the fault came back [verification-recurred]',
      'shop-agent is told to undo f.1: patch/example of shop',
      'shop-agent says that f.1 is undone in 120 ms',
      'nothing of patch/example is left',
    ]);
  });

  it('names the person who wants it, and what they think', () => {
    const requested = { actor: 'person:ada', role: 'sre', reason: 'the page is slower', requested_at: '' };
    const told = tellAll(
      ['VerdictRevoked', { fix_id: 'f', revoked: 'verified', undone_by: 'person:ada' }],
      ['UndoBegun', { ...FIX, undoes: ['f.1'], reason_code: 'wanted-by-a-person', requested }],
    );
    expect(told.map(({ text }) => text)).toEqual([
      'the verdict "verified" is taken back: person:ada wants the fix undone',
      'patch/example is undone, 1 step, the last one first: person:ada wants it: the page is slower',
    ]);
  });

  it.each([
    ['undo-denied:kill-switch', 'it may not be undone: kill-switch'],
    ['undo-failed:executor-error', 'the undo failed: the agent could not carry it out [undo-failed:executor-error]'],
    [
      'undo-refused:undone-before',
      'the agent refused to undo it: the agent began to undo it before [undo-refused:undone-before]',
    ],
  ])('tells of %s, and what is left', (reason_code, why) => {
    const [told] = tellAll(['FixEscalated', { ...FIX, attempts: 1, reason_code, not_undone: ['f.1'] }]);
    expect(told?.text).toBe(`the fix is given up after 1 attempt: ${why}`);
    expect(told?.details).toEqual(['not undone: f.1']);
  });
});
