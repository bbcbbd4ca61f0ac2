import { describe, expect, it } from '@jest/globals';
import { checkLog } from '../check-log.ts';
import { READERS } from '../laws/readers.ts';
import { HEALED_STORY, tell, type ToldEvent } from '../story-builder.ts';
import { VIOLATION_CODES } from '../violation.ts';
import { findRecord, forge } from './forge.ts';
import { isFoundAlone } from './plant.ts';
import { PLANTS } from './plants.ts';
import { undoSoundly } from './undo-plants.ts';

/** A command takes a place among the live fixes together with its target, and both are given back together. */
const withPlace = (told: ToldEvent): ToldEvent[] => {
  const [stream, type, data] = told;
  if (stream !== 'slot-memory') return [told];
  return [told, ['slot-fleet.live.0', `Fleet${type}`, { ...data, limit: 'live', place: 0 }]];
};
const TOLD = tell(HEALED_STORY.flatMap(withPlace));
const effect = { commandId: 'k-1-1.1', target: 'memory', fencePosition: findRecord(TOLD, 'FixCommanded').position };
const reports = ['r1', 'r2'].map((reportId) => ({ reportId, receipted: true }));
const checkpoints = new Map(READERS.map((name) => [name, TOLD.head.position]));
/** As it lies in a database when all is quiet. */
const SOUND = forge(
  {
    ...TOLD,
    checkpoints,
    ledgers: [{ agentId: 'agent', effects: [effect], reports }],
    options: { quiescent: true, readThrough: TOLD.head.position },
  },
  TOLD.records,
);

describe('the planted violations', () => {
  it('are planted in a log that breaks no law', () => {
    expect(checkLog(SOUND)).toEqual([]);
    expect(SOUND.readModels.incidents).toMatchObject([{ incident_id: 'k-1', state: 'resolved' }]);
  });

  it('are also told of a log in which a fix was undone', () => {
    expect(checkLog(undoSoundly(SOUND))).toEqual([]);
  });

  it.each(PLANTS.map((plant) => [plant.name, plant] as const))('give away that %s, and nothing else', (_name, plant) => {
    const { evidence, ...place } = plant.plant(SOUND);
    const found = checkLog(evidence);
    expect({ found, place, isFoundAlone: isFoundAlone(plant, place, found) }).toMatchObject({ isFoundAlone: true });
  });

  it('have one of every kind', () => {
    expect([...new Set(PLANTS.map(({ code }) => code))].toSorted()).toEqual([...VIOLATION_CODES].toSorted());
  });
});
