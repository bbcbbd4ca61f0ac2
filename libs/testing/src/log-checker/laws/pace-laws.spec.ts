import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '#libs/contracts';
import { checkLog } from '../check-log.ts';
import type { LogEvidence, LogRecord } from '../evidence.ts';
import { forge, renumber } from '../plants/forge.ts';
import { tellAgain } from '../plants/second-round.ts';
import { HEALED_STORY, SERVICE, tell, type ToldEvent } from '../story-builder.ts';

const MINUTE_MS = 60_000;
const SOUND = tell(HEALED_STORY);
const breachesOf = (evidence: LogEvidence): string[] =>
  checkLog(evidence)
    .filter(({ code }) => code === 'guard-breached')
    .map(({ sentence }) => sentence);
/** Only what a command itself says counts. */
const command = (attempt: number, target = 'memory'): ToldEvent => [
  `fix-${target}`,
  'FixCommanded',
  { fix_id: `f-${target}`, command_id: 'c', target, strategy: 'restart/service', attempt },
];
const policy = (settings: JsonObject): ToldEvent => ['policy', 'PolicyChanged', { scope: 'global', settings }];

/** What is told, each at its minute. */
function tellAt(story: readonly (readonly [minute: number, ToldEvent])[]): LogEvidence {
  const told = tell(story.map(([, event]) => event));
  const records = told.records.map((record, index) => ({
    ...record,
    recordedAtMs: told.readAtMs + Math.round((story[index]?.[0] ?? 0) * MINUTE_MS),
  }));
  return forge(told, records);
}
const pausesBetween = (...told: (readonly [number, ToldEvent])[]): string[] =>
  breachesOf(tellAt(told)).flatMap((sentence) => /was to be left alone for \d+ ms/.exec(sentence)?.[0] ?? []);
const countIn = (...told: (readonly [number, ToldEvent])[]): number =>
  breachesOf(tellAt(told)).filter((sentence) => sentence.includes('within an hour')).length;

describe('the law of the pace', () => {
  it('counts actions on a target, of an hour, each attempt one', () => {
    const five = [0, 1, 2, 3, 4].map((minute) => [minute, command(minute + 1)] as const);
    expect(countIn(...five)).toBe(0);
    expect(countIn(...five, [59, command(6)])).toBe(1);
    expect(countIn(...five, [60, command(6)])).toBe(0);
    expect(countIn([0, policy({ max_actions_per_hour: 6 })], ...five, [59, command(6)])).toBe(0);
  });

  it('wants a longer rest after each action, and none after a while without one', () => {
    const second = (seconds: number): number => seconds / 60;
    expect(pausesBetween([0, command(1)], [second(4), command(1)])).toEqual(['was to be left alone for 6000 ms']);
    expect(pausesBetween([0, command(1)], [second(10), command(1)])).toEqual([]);
    const two = [[0, command(1)] as const, [1, command(1)] as const];
    expect(pausesBetween(...two, [1 + second(14), command(1)])).toEqual(['was to be left alone for 6000 ms']);
    expect(pausesBetween(...two, [1 + second(20), command(1)])).toEqual([]);
    expect(pausesBetween(...two, [12, command(1)], [12 + second(10), command(1)])).toEqual([]);
    expect(pausesBetween([0, policy({ first_cool_down_ms: 300_000 })], ...two)).toHaveLength(1);
  });

  it('asks for no rest between the attempts of one fix, and none of another target', () => {
    expect(pausesBetween([0, command(1)], [0, command(2)], [0, command(1, 'rag')])).toEqual([]);
  });

  it('finds a command to what has come back as often as is enough', () => {
    const { evidence, again } = tellAgain(SOUND);
    const limited = (returns: number): string[] => {
      const [first = SOUND.records[0]] = again;
      const setting = tell([policy({ max_returns_per_hour: returns, first_cool_down_ms: 0 })]).records.map(
        (record): LogRecord => ({
          ...record,
          recordedAtMs: first?.recordedAtMs ?? 0,
        }),
      );
      return breachesOf(forge(evidence, renumber(evidence.records.toSpliced(SOUND.records.length, 0, ...setting))));
    };
    expect(limited(2)).toEqual([]);
    expect(limited(1)).toEqual(['k-2-1.1: its fault was back for time 1']);
  });
});

describe('the law of storms', () => {
  const services = ['a', 'b', 'c', 'd', 'e'];
  const registered = services.map((id): ToldEvent => ['catalogue', 'ServiceRegistered', { ...SERVICE, id }]);
  const opened = (id: string): ToldEvent => [
    `incident-${id}`,
    'IncidentOpened',
    { incident_id: `${id}-1`, episode: 1, target: id, fingerprint: 'f', evidence: { symptom: 'service-down' } },
  ];
  /** So many others fail, and then what the story tells. */
  const failing = (count: number, ...between: readonly ToldEvent[]): string[] => {
    const story = [...registered, ...services.slice(0, count).map(opened), ...between];
    const before = tell(story).records.map((record) => ({ ...record, recordedAtMs: record.recordedAtMs - 10_000 }));
    const records = [...before, ...SOUND.records].map((record) => ({
      ...record,
      payload: record.payload.replace('"read_position":"5"', `"read_position":"${before.length + 5}"`),
    }));
    return breachesOf(forge(SOUND, renumber(records)));
  };

  it('finds a command while too many fail alike, whether or not anybody told', () => {
    expect(failing(3)).toEqual([]);
    expect(failing(4)).toEqual(['k-1-1.1: too many targets were failing alike, by service-down']);
    expect(failing(4, policy({ storm_min_targets: 6 }))).toEqual([]);
    expect(failing(4, policy({ storm_share: 1 }))).toEqual([]);
    expect(failing(4, policy({ storm_window_ms: 10_000 }))).toEqual([]);
  });

  it('finds a command while a storm that was told is not over', () => {
    const detected: ToldEvent = ['storm', 'StormDetected', { symptom: 'service-down' }];
    expect(failing(0, detected)).toEqual(['k-1-1.1: a storm of service-down was on']);
    expect(failing(0, detected, ['storm', 'StormEnded', { symptom: 'service-down' }])).toEqual([]);
    expect(failing(0, ['storm', 'StormDetected', { symptom: 'memory-leak' }])).toEqual([]);
  });

  it('does not hold against a decision what it had not read', () => {
    const { records } = SOUND;
    const decidedAt = records.findIndex(({ type }) => type === 'DecisionMade');
    const others = tell([...registered, ...services.map(opened)]).records.map((record) => ({
      ...record,
      recordedAtMs: SOUND.readAtMs + (record.type === 'ServiceRegistered' ? -30_000 : 5),
    }));
    expect(breachesOf(forge(SOUND, renumber(records.toSpliced(decidedAt, 0, ...others))))).toEqual([]);
  });
});
