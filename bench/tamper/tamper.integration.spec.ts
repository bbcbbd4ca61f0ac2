import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Random } from '#libs/testing';
import { CONCEALMENTS } from './conceal.ts';
import { planRounds, runTamper, SIDES, type TamperRound } from './run-tamper.ts';
import { openStage, type Stage } from './stage.ts';
import { TAMPERS } from './tampering.ts';

const SEED = 1 + Math.floor(Math.random() * 2 ** 31);

describe('somebody with all rights on the database', () => {
  const random = new Random(SEED);
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage(random);
  }, 60_000);
  afterAll(() => stage.close());

  /** One of the ways to conceal it; npm run tamper takes each of them often. */
  const drawPlan = (kind: string, side: (typeof SIDES)[number]): ReturnType<typeof planRounds>[number] =>
    random.pick(planRounds(kind, CONCEALMENTS.length).filter((plan) => plan.side === side));

  it('has a sound log before him, and puts it back unseen', async () => {
    expect((await stage.verify()).findings).toEqual([]);
    await stage.replace(stage.log);
    expect(await stage.verify()).toMatchObject({ findings: [], anchored: stage.anchors.at(-1) });
  });

  it.each(Object.keys(TAMPERS))('is found out at every %s before the last anchor, and told about behind it', async (kind) => {
    const rounds: TamperRound[] = [];
    for (const side of SIDES) rounds.push(await runTamper(stage, random, drawPlan(kind, side)));
    const missed = rounds.filter(({ verdict }) => verdict === 'missed');
    expect({ seed: SEED, missed }).toEqual({ seed: SEED, missed: [] });
    const before = rounds.filter(({ side }) => side === 'before');
    expect(new Set(before.map(({ verdict }) => verdict))).toEqual(new Set(['named']));
  });
});
