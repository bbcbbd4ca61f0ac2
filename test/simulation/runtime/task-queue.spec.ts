import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SimProcess } from './sim-process.ts';
import { TaskQueue } from './task-queue.ts';

const owner = new SimProcess('owner');
const toTask = (atMs: number, order: number) => ({ atMs, order, owner, run: () => undefined, isCancelled: false });

describe('the queue of tasks', () => {
  it('gives out by time, and by order within one moment, whatever came in when', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5)), fc.array(fc.nat(5)), (early, late) => {
        const queue = new TaskQueue();
        const out: [number, number][] = [];
        const take = (): void => {
          const task = queue.pop();
          if (task !== undefined) out.push([task.atMs, task.order]);
        };
        early.forEach((atMs, order) => queue.push(toTask(atMs, order)));
        take();
        late.forEach((atMs, order) => queue.push(toTask(10 + atMs, early.length + order)));
        while (queue.peek() !== undefined) take();
        const all = [
          ...early.map((atMs, order) => [atMs, order]),
          ...late.map((atMs, order) => [10 + atMs, early.length + order]),
        ];
        expect(out).toEqual(all.toSorted(([a = 0, x = 0], [b = 0, y = 0]) => a - b || x - y));
      }),
    );
  });
});
