import { describe, expect, it } from '@jest/globals';
import type { TableRow } from '../evidence.ts';
import { parseObject } from '../fields.ts';
import { fix, HEALED_STORY, tell, type ToldEvent } from '../story-builder.ts';
import { decisionsFold, fixesFold } from './fix-folds.ts';
import type { ReadModelFold } from './read-model.ts';
import { fixSuccessFold } from './success-fold.ts';

function fold(model: ReadModelFold, story: readonly ToldEvent[]): TableRow[] {
  const rows = new Map<string, TableRow>();
  for (const record of tell(story).records) model.apply(rows, { ...record, data: parseObject(record.payload) ?? {} });
  return [...(model.tell?.(rows) ?? rows).values()];
}
/** A fix of this name that came to these verdicts. */
const judged = (fixId: string, ...told: ToldEvent[]): ToldEvent[] =>
  [['', 'FixObserved', { target: 'memory', strategy: 's', fingerprint: 'f' }] as const, ...told].map(([, type, data]) => [
    `fix-${fixId}`,
    type,
    { ...data, fix_id: fixId },
  ]);
const verdict = (word: string): ToldEvent => fix('VerdictReached', { verdict: word });

describe("the checker's own fold of fixes", () => {
  it('tells the row of a fix that healed', () => {
    expect(fold(fixesFold, HEALED_STORY)).toMatchObject([
      { fix_id: 'k-1-1', service: 'memory', state: 'healed', attempts: 1, verdict: 'verified', command_id: 'k-1-1.1' },
    ]);
  });

  it('keeps attempts and strategy where a step is undone', () => {
    const undone = [...HEALED_STORY, fix('UndoBegun', { reason_code: 'wanted' }), fix('FixCommanded', { undoes: 'k-1-1.1' })];
    expect(fold(fixesFold, undone)).toMatchObject([{ state: 'undoing', attempts: 1, ended_at: null, reason_code: 'wanted' }]);
  });

  it('tells each decision by its position', () => {
    expect(fold(decisionsFold, HEALED_STORY)).toMatchObject([
      { position: 6, service: 'memory', verdict: 'act', read_position: '5' },
    ]);
  });
});

describe("the checker's own count of success", () => {
  it('counts verified outcomes of those that say something', () => {
    const story = [
      ...judged('a', verdict('verified')),
      ...judged('b', verdict('recurred')),
      ...judged('c', verdict('superseded')),
      ...judged('d'),
    ];
    // By the formula of Wilson, 1 of 2.
    const bounds = { success_low: '0.094531206', success_high: '0.905468794' };
    expect(fold(fixSuccessFold, story)).toMatchObject([{ n: 2, verified: 1, recurred: 1, superseded: 1, ...bounds }]);
  });

  it('takes a success for none that did not last', () => {
    const story = judged('a', verdict('verified'), fix('VerdictRevoked', { revoked: 'verified' }));
    expect(fold(fixSuccessFold, story)).toMatchObject([{ n: 1, verified: 0, recurred: 1, success_low: '0.000000000' }]);
  });

  it('knows no rate of nothing', () => {
    expect(fold(fixSuccessFold, judged('a', verdict('superseded')))).toMatchObject([{ n: 0, success_low: null }]);
    expect(fold(fixSuccessFold, judged('a'))).toEqual([]);
  });
});
