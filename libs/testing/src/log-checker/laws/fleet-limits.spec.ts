import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { JsonObject } from '#libs/contracts';
import { checkLog } from '../check-log.ts';
import { forge } from '../plants/forge.ts';
import { SERVICE, tell, type ToldEvent } from '../story-builder.ts';
import { FleetWindow } from './fleet-window.ts';

const MINUTE_MS = 60_000;
type Timed = readonly [minute: number, ToldEvent];

const about = (fix: string): JsonObject => ({ fix_id: fix, target: `of-${fix}`, incident_id: `i-${fix}` });
const command = (fix: string, data: JsonObject = {}): ToldEvent => [
  `fix-${fix}`,
  'FixCommanded',
  { ...about(fix), command_id: `${fix}.1`, strategy: 'restart/service', attempt: 1, ...data },
];
const end = (fix: string, type = 'FixHealed', data: JsonObject = {}): ToldEvent => [
  `fix-${fix}`,
  type,
  { ...about(fix), ...data },
];
const policy = (settings: JsonObject): Timed => [0, ['policy', 'PolicyChanged', { scope: 'global', settings }]];
const ROOM = { max_live_fixes: 100, max_fleet_actions_per_hour: 100, blast_radius_share: 1 };
const services = Array.from({ length: 20 }, (_, n): Timed => [
  0,
  ['catalogue', 'ServiceRegistered', { ...SERVICE, id: `s${n}` }],
]);

/** What speaks of the fleet, each with its command. */
function judge(...story: readonly Timed[]): string[] {
  const told = tell([...services, ...story].map(([, event]) => event));
  const records = told.records.map((record, index) => ({
    ...record,
    recordedAtMs: told.readAtMs + Math.round(([...services, ...story][index]?.[0] ?? 0) * MINUTE_MS),
  }));
  return checkLog(forge(told, records))
    .map(({ sentence }) => sentence)
    .filter((sentence) => /live fixes and|touched|in an hour/.test(sentence));
}

describe('the law of the limits of the fleet', () => {
  it('counts live fixes from their first command to their end', () => {
    const limited = policy({ ...ROOM, max_live_fixes: 1 });
    expect(judge(limited, [0, command('a')], [0, command('b')])).toEqual(['b.1: 2 live fixes and not more than 1']);
    expect(judge(limited, [0, command('a')], [0, command('a', { attempt: 2 })])).toEqual([]);
    for (const type of ['FixHealed', 'FixEscalated', 'FixAbandoned'])
      expect(judge(limited, [0, command('a')], [0, end('a', type)], [0, command('b')])).toEqual([]);
  });

  it('takes an undo that a person wants for a live fix, and for no action', () => {
    const limited = policy({ ...ROOM, max_live_fixes: 1, max_fleet_actions_per_hour: 1 });
    const undo: Timed[] = [
      [0, end('a', 'UndoBegun')],
      [0, command('a', { undoes: 'a.1', command_id: 'a.1.u' })],
    ];
    const undone: Timed = [0, end('a', 'FixUndone', { requested_by: 'person:a' })];
    expect(judge(limited, [0, command('a')], [0, end('a')], ...undo, [61, command('b')])).toHaveLength(1);
    expect(judge(limited, [0, command('a')], [0, end('a')], ...undo, undone, [61, command('b')])).toEqual([]);
  });

  it('counts targets that were touched within a while: one at least, or a share of all', () => {
    const touching = (share: number, ...minutes: readonly number[]): string[] =>
      judge(policy({ ...ROOM, blast_radius_share: share }), ...minutes.map((at, n): Timed => [at, command(`f${n}`)]));
    expect(touching(0, 0, 1)).toEqual(['f1.1: 2 targets touched and not more than 1']);
    expect(touching(0, 0, 10)).toEqual([]);
    expect(touching(0.1, 0, 1)).toEqual([]);
    expect(touching(0.1, 0, 1, 2)).toHaveLength(1);
    expect(judge(policy({ ...ROOM, blast_radius_share: 0 }), [0, command('a')], [1, command('a')])).toEqual([]);
  });

  it('does not hold against a further attempt that less is allowed by now', () => {
    const less = policy({ ...ROOM, max_live_fixes: 1, blast_radius_share: 0 });
    const two: Timed[] = [policy(ROOM), [0, command('a')], [0, command('b')]];
    expect(judge(...two, less, [1, command('a', { attempt: 2 })])).toEqual([]);
    expect(judge(...two, less, [1, command('c')])).toHaveLength(2);
  });

  it('counts actions in an hour, each attempt one', () => {
    const limited = policy({ ...ROOM, max_fleet_actions_per_hour: 2 });
    const two: Timed[] = [
      [0, command('a')],
      [1, command('a', { attempt: 2 })],
    ];
    expect(judge(limited, ...two, [59, command('b')])).toEqual(['b.1: 3 actions in an hour and not more than 2']);
    expect(judge(limited, ...two, [60, command('b')])).toEqual([]);
  });
});

describe('a window of the fleet', () => {
  it('counts as if all were looked at again each time', () => {
    const step = fc.record({ target: fc.constantFrom('a', 'b', 'c'), afterMs: fc.nat(50) });
    fc.assert(
      fc.property(fc.array(step), fc.integer({ min: 1, max: 100 }), (steps, windowMs) => {
        const window = new FleetWindow();
        const all: { target: string; atMs: number }[] = [];
        let nowMs = 0;
        for (const { target, afterMs } of steps) {
          nowMs += afterMs;
          window.leave(nowMs - windowMs);
          window.add(target, nowMs);
          all.push({ target, atMs: nowMs });
          const within = all.filter(({ atMs }) => atMs > nowMs - windowMs);
          const expected = [within.length, new Set(within.map((entry) => entry.target)).size];
          expect([window.size, window.targets]).toEqual(expected);
        }
      }),
    );
  });
});
