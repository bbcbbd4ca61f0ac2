import { describe, expect, it } from '@jest/globals';
import { parseObject } from '../fields.ts';
import { incident, report, tell, type ToldEvent } from '../story-builder.ts';
import { Sightings } from './sightings.ts';

/** Which reports of a story are remembered, by their positions. */
function remember(...story: readonly ToldEvent[]): number[] {
  const sightings = new Sightings();
  const { records } = tell(story);
  for (const record of records) sightings.observe({ ...record, data: parseObject(record.payload) ?? {} });
  return records.filter(({ id }) => sightings.find(id) !== undefined).map(({ position }) => position);
}
const opened = incident('IncidentOpened', { fingerprint: 'f', target: 'memory' });
const grew = (through: number, shownBy: number): ToldEvent =>
  incident('IncidentGrew', {
    through_position: String(through),
    evidence: { report_event_id: tell([...Array<ToldEvent>(9).fill(opened)]).records[shownBy - 1]?.id ?? '' },
  });

describe('the sightings', () => {
  it('are those of service agents that were not counted yet, and the one by which the incident is shown', () => {
    const three = [report('r1'), opened, report('r2'), report('r3'), report('r4')];
    expect(remember(...three)).toEqual([1, 3, 4, 5]);
    expect(remember(...three, grew(4, 3))).toEqual([3, 5]);
    expect(remember(...three, grew(4, 3), grew(5, 5))).toEqual([5]);
    expect(remember(...three, grew(4, 3), grew(5, 3))).toEqual([3]);
  });

  it('are none of what pages tell, and of other faults they are kept', () => {
    const [stream, type, data] = report('r1');
    expect(remember([stream, type, { ...data, agent_class: 'browser' }])).toEqual([]);
    const other: ToldEvent = [stream, type, { ...data, target: 'rag' }];
    expect(remember(other, report('r2'), opened, grew(2, 2))).toEqual([1, 2]);
  });
});
