import { describe, expect, it } from '@jest/globals';
import { judgeStarts } from './service-starts.ts';

const told = (starts: number, commands: number, boots: number) => ({ serviceId: 'worker', starts, commands, boots });

describe('the starts that services write down', () => {
  it('are as many as commands and boots of the agent, or fewer', () => {
    expect(judgeStarts([told(3, 2, 1), told(1, 2, 1)])).toEqual([]);
  });

  it('show each that nobody asked for', () => {
    const sentence = 'worker was started 5 times, by 2 commands and 1 boots of its agent';
    expect(judgeStarts([told(5, 2, 1)])).toEqual([{ code: 'second-effect', sentence, positions: [], ids: ['worker', 'worker'] }]);
  });

  it('are not judged where nothing was written down', () => {
    expect(() => judgeStarts([told(0, 2, 1)])).toThrow('worker has written down no start');
  });
});
