import { beforeAll, describe, expect, it } from '@jest/globals';
import { checkLog, describeViolations, isFoundAlone, type LogEvidence, PLANTS } from '#libs/testing';
import { runRounds } from './system/in-parallel.ts';
import { TestSystem } from './system/test-system.ts';

const CLEAN_RUNS = 3;
/** Each is a whole installation: on a busy machine several of them keep each other from coming up. */
const AT_ONCE = 1;

/** A killed service is healed; what is left is a log as a real run leaves it. */
async function healAndLoad(index: number): Promise<LogEvidence> {
  const serviceId = `memory-${index}`;
  const system = await TestSystem.start({ services: [serviceId, 'neighbour'] });
  try {
    process.kill(await system.pidOf(serviceId), 'SIGKILL');
    await system.endedIncident(30_000);
    return await system.settledEvidence();
  } finally {
    await system.stop();
  }
}

describe('the log of a run in which a service was healed', () => {
  let runs: LogEvidence[];
  beforeAll(async () => {
    runs = await runRounds(CLEAN_RUNS, AT_ONCE, healAndLoad);
  }, 300_000);

  it(`breaks no law, in ${CLEAN_RUNS} runs of ${CLEAN_RUNS}`, () => {
    expect(runs.map((evidence) => describeViolations(checkLog(evidence)))).toEqual(runs.map(() => ''));
  });

  it('holds something for every law to judge', () => {
    for (const { ledgers, records, readModels } of runs) {
      expect(ledgers[0]?.reports?.length).toBeGreaterThan(0);
      expect(ledgers[0]?.effects).toHaveLength(1);
      expect(records.filter(({ type }) => type === 'ProbeObserved').length).toBeGreaterThanOrEqual(6);
      expect([readModels.incidents.length, readModels.services.length]).toEqual([1, 2]);
    }
  });

  it.each(PLANTS.map((plant) => [plant.name, plant] as const))('gives away that %s, and nothing else', (_name, plant) => {
    for (const run of runs) {
      const { evidence, ...place } = plant.plant(run);
      const found = checkLog(evidence);
      expect({ found, place, isFoundAlone: isFoundAlone(plant, place, found) }).toMatchObject({ isFoundAlone: true });
    }
  });
});
