import { afterEach, describe, expect, it } from '@jest/globals';
import { armFailpoints, failpoint, FailpointError } from './failpoint.ts';
import { parseFailpoints } from './failpoint-list.ts';

const arm = (text: string): void => armFailpoints(parseFailpoints(text));
/** Whether a step fails, each time it is reached. */
const reach = (times: number): boolean[] =>
  Array.from({ length: times }, () => {
    try {
      return failpoint('log.committed') !== undefined;
    } catch (error) {
      return error instanceof FailpointError;
    }
  });

describe('a failpoint', () => {
  afterEach(() => armFailpoints([]));

  it('does nothing unless it is armed', () => {
    expect(failpoint('log.committed')).toBeUndefined();
    arm('log.appending=throw');
    expect(failpoint('log.committed')).toBeUndefined();
  });

  it('breaks the time that it was told, and no other', () => {
    arm('log.committed=throw@3');
    expect(reach(5)).toEqual([false, false, true, false, false]);
  });

  it('breaks each time from then on where it was told so', () => {
    arm('log.committed=throw@2+');
    expect(reach(4)).toEqual([false, true, true, true]);
  });

  it('counts anew when it is armed anew', () => {
    arm('log.committed=throw@2');
    reach(1);
    arm('log.committed=throw@2');
    expect(reach(2)).toEqual([false, true]);
  });

  it('lets a step wait and others go on', async () => {
    arm('log.committed=pause(20)');
    const order: string[] = [];
    const waiting = Promise.resolve(failpoint('log.committed')).then(() => order.push('paused'));
    await new Promise((resolve) => setTimeout(resolve, 0));
    order.push('others');
    await waiting;
    expect(order).toEqual(['others', 'paused']);
  });

  it('stalls the whole thread', () => {
    arm('log.committed=stall(30)');
    const beganAtMs = performance.now();
    void failpoint('log.committed');
    expect(performance.now() - beganAtMs).toBeGreaterThanOrEqual(29);
  });
});
