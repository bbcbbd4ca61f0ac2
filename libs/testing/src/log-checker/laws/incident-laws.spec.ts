import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '#libs/contracts';
import { checkLog } from '../check-log.ts';
import type { CheckFrame, CheckOptions } from '../evidence.ts';
import { fix, HEALED_STORY, incident, report, tell, type ToldEvent } from '../story-builder.ts';

const HEAD = HEALED_STORY.length;
const HEALED_AT = HEALED_STORY.findIndex(([, type]) => type === 'FixHealed') + 1;
const told = (code: string, story: readonly ToldEvent[], given: Partial<CheckFrame>): string[] =>
  checkLog(tell(story, given))
    .filter((found) => found.code === code)
    .map(({ sentence }) => sentence);
const reader = (name: string, position: number): Partial<CheckFrame> => ({ checkpoints: new Map([[name, position]]) });

describe('the law of counted reports', () => {
  const count = (story: readonly ToldEvent[], read: number): string[] =>
    told('report-uncounted', story, reader('incidents', read));

  it('wants as many counted as were read, over all episodes', () => {
    expect(count(HEALED_STORY, HEAD)).toEqual([]);
    expect(count([...HEALED_STORY, report('r3')], HEAD)).toEqual([]);
    expect(count([...HEALED_STORY, report('r3')], HEAD + 1)).toEqual([
      '2 reports of f on memory are counted, of 3, of which 3 were read',
    ]);
    const again = incident('IncidentOpened', { target: 'memory', fingerprint: 'f', incident_id: 'k-2', episode: 2 });
    expect(count([...HEALED_STORY, report('r3'), again], HEAD + 2)).toEqual([]);
  });

  it('finds what is counted twice, however far was read', () => {
    expect(count([...HEALED_STORY, incident('IncidentGrew', { added: 1, count: 3 })], 0)).toHaveLength(1);
  });
});

describe('the law of incidents when all is quiet', () => {
  const open = (story: readonly ToldEvent[], names: Record<string, number>, options = { quiescent: true }): string[] =>
    told('open-saga', story, { checkpoints: new Map(Object.entries(names)), options }).filter((line) => line.startsWith('k-1:'));
  const before = (type: string): ToldEvent[] =>
    HEALED_STORY.slice(
      0,
      HEALED_STORY.findIndex(([, other]) => other === type),
    );
  const without = (...types: string[]): ToldEvent[] => HEALED_STORY.filter(([, type]) => !types.includes(type));

  it('finds one about which nobody decided, unless nobody had read of it', () => {
    const opened = before('DecisionMade');
    expect(open(opened, { healing: HEAD })).toEqual(['k-1: nobody has decided about it']);
    expect(open(opened, { healing: 3 })).toEqual([]);
    expect(open(opened, { healing: HEAD }, { quiescent: false })).toEqual([]);
  });

  it('is content with a decision to wait, and with the word of an agent that it is over', () => {
    const waiting: ToldEvent = ['decision-k-1', 'DecisionMade', { incident_id: 'k-1', verdict: 'defer' }];
    expect(open([...before('DecisionMade'), waiting], { healing: HEAD })).toEqual([]);
    expect(open([...before('DecisionMade'), incident('IncidentMitigated')], { healing: HEAD })).toEqual([]);
  });

  it('finds one that goes on after its fix has ended, unless nobody had read of that', () => {
    const story = without('IncidentResolved');
    expect(open(story, { incidents: HEAD })).toEqual(['k-1: it is healing after FixHealed']);
    expect(open(story, { incidents: HEALED_AT - 1 })).toEqual([]);
    expect(open(HEALED_STORY, { incidents: HEAD })).toEqual([]);
    expect(open(without('IncidentResolved', 'IncidentHealing'), { incidents: HEAD })).toEqual([
      'k-1: it is open after FixHealed',
    ]);
  });

  it('wants one whose fix was given up for another to be open again', () => {
    const abandoned = [...before('FixHealed'), fix('FixAbandoned')];
    expect(open(abandoned, { incidents: HEAD })).toEqual(['k-1: it is healing after FixAbandoned']);
    expect(open([...abandoned, incident('IncidentReopened')], { incidents: HEAD })).toEqual([]);
  });
});

describe('the law of clocks', () => {
  const beginMs = tell(HEALED_STORY).readAtMs;
  const changed = (type: string, how: JsonObject, options: CheckOptions = {}): string[] =>
    told(
      'foreign-clock',
      HEALED_STORY.map(([stream, other, data]): ToldEvent => [
        stream,
        other,
        other === type ? { ...data, ...how } : (data ?? {}),
      ]),
      { options },
    );
  const at = (ms: number): string => new Date(beginMs + ms).toISOString();

  it('wants reports to be received shortly before they are stored', () => {
    expect(changed('ErrorReported', { observed_at: at(-3_600_000), age_ms: 3_600_000 })).toEqual([]);
    expect(changed('ErrorReported', { observed_at: at(-3_600_000) })).toHaveLength(2);
    expect(changed('ErrorReported', { observed_at: at(3_600_000) })).toHaveLength(2);
    expect(changed('ErrorReported', { observed_at: 'yesterday' })).toHaveLength(2);
    expect(changed('ErrorReported', { observed_at: at(4_000) })).toEqual([]);
  });

  it('wants decisions to lie between what they had read and what they are stored with', () => {
    const decided = (nowMs: number, readPosition = '5'): string[] =>
      changed('DecisionMade', { inputs: { now_ms: nowMs }, read_position: readPosition });
    expect(decided(beginMs)).toEqual([]);
    expect(decided(beginMs + 3_600_000)).toHaveLength(1);
    expect(decided(beginMs - 3_600_000)).toHaveLength(1);
    // Whoever decides long after it had read, decides late.
    expect(decided(beginMs - 50_000, '1')).toEqual([]);
  });

  it('forgives as much as the clock of the database was set back', () => {
    const issued = { issued_at: at(12_000) };
    expect(changed('FixCommanded', issued)).toHaveLength(1);
    expect(changed('FixCommanded', issued, { clockSetBackMs: 10_000 })).toEqual([]);
    expect(changed('FixCommanded', issued, { clockSetBackMs: 5_000 })).toHaveLength(1);
  });

  it('wants commands to be issued before they are stored', () => {
    expect(changed('FixCommanded', { issued_at: at(0) })).toEqual([]);
    expect(changed('FixCommanded', { issued_at: at(3_600_000) })).toHaveLength(1);
  });
});
