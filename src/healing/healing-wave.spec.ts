import { describe, expect, it } from '@jest/globals';
import type { Recorded } from '../platform/log/domain-event.ts';
import { type HandledEvent, HealingWave } from './healing-wave.ts';

/** The fixes `f-<target>` are known here. */
const findTarget = (fixId: string): string | undefined => (fixId.startsWith('f-') ? fixId.slice(2) : undefined);

const event = (type: HandledEvent['type'], data: object): Recorded<HandledEvent> =>
  ({ type, data, stream: 's', id: 'i', position: 1, version: 1, metadata: { actor: 'test' }, recordedAt: new Date(0) }) as never;

const opened = (target: string): Recorded<HandledEvent> => event('IncidentOpened', { incident_id: `k-${target}-1`, target });
const report = (target: string): Recorded<HandledEvent> => event('ErrorReported', { target });
const result = (fixId: string): Recorded<HandledEvent> => event('ResultReported', { command_id: `${fixId}.1` });
const state = (target: string, to: string): Recorded<HandledEvent> => event('ServiceStateChanged', { service_id: target, to });
const grew = (target: string): Recorded<HandledEvent> => event('IncidentGrew', { incident_id: `k-${target}-1` });
const mitigated = event('IncidentMitigated', { incident_id: 'k-1' });

/** How many events come into each wave. */
function cut(events: readonly Recorded<HandledEvent>[]): number[] {
  const waves: HealingWave[] = [];
  for (const each of events) {
    if (waves.at(-1)?.add(each)) continue;
    const wave = new HealingWave(findTarget);
    wave.add(each);
    waves.push(wave);
  }
  return waves.map(({ events: { length } }) => length);
}

describe('a wave of events', () => {
  it.each([
    ['incidents that begin, and the reports that they begin with', [opened('a'), report('a'), opened('b'), report('b')], [4]],
    ['answers about different targets, and reports about others', [result('f-a'), report('c'), result('f-b')], [3]],
    ['an answer after a report about the same target', [report('a'), result('f-a')], [1, 1]],
    ['a report after an answer about the same target', [result('f-a'), report('a')], [1, 1]],
    ['a command and the first answer to it', [event('SlotReserved', { fix_id: 'g-a', target: 'a' }), result('g-a')], [2]],
    ['two answers about one target', [result('f-a'), result('f-a')], [1, 1]],
    ['an answer about a fix that nobody here knows', [report('a'), result('g-a'), report('b')], [1, 1, 1]],
    ['that services fail', [state('a', 'failing'), report('a'), state('b', 'failing')], [3]],
    [
      'that services are well again, each after what was said of it',
      [report('a'), state('b', 'healthy'), state('a', 'healthy')],
      [2, 1],
    ],
    ['incidents that grow, beside others that begin', [opened('a'), grew('b'), grew('c')], [3]],
    ['an incident that begins and grows', [opened('a'), grew('a')], [1, 1]],
    ['what is to be looked at by itself', [opened('a'), mitigated, opened('b')], [1, 1, 1]],
  ])('takes in the order of the log %s', (_what, events, waves) => {
    expect(cut(events)).toEqual(waves);
  });

  it('lets so many incidents begin at once, and no more', () => {
    expect(cut(Array.from({ length: 70 }, (_, n) => opened(`t${n}`)))).toEqual([32, 32, 6]);
  });
});
