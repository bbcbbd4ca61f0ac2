import { describe, expect, it } from '@jest/globals';
import {
  type Action,
  countOverlaps,
  countStaleActions,
  countStaleDeliveries,
  type FixMoment,
  judgeFixLives,
} from './judge-replicas.ts';

const story = (...steps: readonly [type: string, fixId: string, target?: string][]): FixMoment[] =>
  steps.map(([type, fixId, target], index) => ({
    position: index + 1,
    type,
    fixId,
    ...(target === undefined ? {} : { target }),
  }));

const act = (target: string, fencePosition: number, [beganAtMs, endedAtMs]: [number, number]): Action => ({
  commandId: `${target}-${fencePosition}`,
  target,
  fencePosition,
  beganAtMs,
  endedAtMs,
});

describe('what several orchestrators made of a log', () => {
  it('has one live command for a target where each fix ends before the next one commands', () => {
    const lives = judgeFixLives(
      story(
        ['FixCommanded', 'a-1', 'rag'],
        ['FixCommanded', 'b-1', 'memory'],
        ['FixAttemptFailed', 'a-1'],
        ['FixCommanded', 'a-1', 'rag'],
        ['FixHealed', 'a-1'],
        ['FixCommanded', 'a-2', 'rag'],
      ),
    );
    expect(lives).toEqual({ sagas: 3, ended: 1, healed: 1, besideAnother: 0 });
  });

  it('has fixes that ended and healed nothing', () => {
    const lives = judgeFixLives(story(['FixCommanded', 'a-1', 'rag'], ['FixEscalated', 'a-1'], ['FixHealed', 'b-1']));
    expect(lives).toMatchObject({ sagas: 1, ended: 1, healed: 0 });
  });

  it('has two where another fix commands before the first has ended', () => {
    const lives = judgeFixLives(story(['FixCommanded', 'a-1', 'rag'], ['FixCommanded', 'a-2', 'rag'], ['FixHealed', 'a-1']));
    expect(lives).toEqual({ sagas: 2, ended: 1, healed: 1, besideAnother: 1 });
  });

  it('has two where a fix commands again before its first command was answered', () => {
    expect(judgeFixLives(story(['FixCommanded', 'a-1', 'rag'], ['FixCommanded', 'a-1', 'rag']))).toMatchObject({
      besideAnother: 1,
    });
  });

  it('counts actions that overlap on one target, and none on two', () => {
    expect(countOverlaps([act('rag', 1, [0, 10]), act('rag', 2, [10, 20]), act('memory', 3, [5, 15])])).toBe(0);
    expect(countOverlaps([act('rag', 2, [9, 20]), act('rag', 1, [0, 10]), act('rag', 3, [15, 16])])).toBe(2);
  });

  it('counts actions whose fence does not rise', () => {
    expect(countStaleActions([act('rag', 1, [0, 1]), act('memory', 1, [0, 1]), act('rag', 2, [2, 3])])).toBe(0);
    expect(countStaleActions([act('rag', 2, [0, 1]), act('rag', 1, [2, 3]), act('rag', 2, [4, 5])])).toBe(2);
  });

  it('counts commands that came behind a newer one, and not the same one again', () => {
    const came = { commandId: 'a', target: 'rag', fencePosition: 5 };
    expect(countStaleDeliveries([{ ...came, lastFence: undefined, isRepeated: false }])).toBe(0);
    expect(countStaleDeliveries([{ ...came, lastFence: 5, isRepeated: true }])).toBe(0);
    expect(countStaleDeliveries([{ ...came, lastFence: 9, isRepeated: false }])).toBe(1);
  });
});
