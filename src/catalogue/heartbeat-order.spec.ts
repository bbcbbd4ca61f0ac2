import { beforeEach, describe, expect, it } from '@jest/globals';
import { HeartbeatOrder } from './heartbeat-order.ts';

const AGENT = 'memory-agent';

describe('a heartbeat', () => {
  let order: HeartbeatOrder;
  beforeEach(() => {
    order = new HeartbeatOrder();
  });
  const hear = (bootId: string, ...sequences: readonly number[]): void => {
    for (const sequence of sequences) order.note(AGENT, { boot_id: bootId, sequence });
  };
  const countLater = (bootId: string, sequence: number): number => order.countLater(AGENT, { boot_id: bootId, sequence });

  it('is in time where nobody was heard, where it is the next one, and where it comes again', () => {
    expect(countLater('first', 7)).toBe(0);
    hear('first', 7);
    expect(countLater('first', 8)).toBe(0);
    expect(countLater('first', 7)).toBe(0);
    expect(order.countLater('other-agent', { boot_id: 'first', sequence: 1 })).toBe(0);
  });

  it('is late by those of its life that came before it, also when one came late already', () => {
    hear('first', 7, 8, 5);
    expect(countLater('first', 6)).toBe(2);
  });

  it('begins a new life at any number', () => {
    hear('first', 100, 101);
    expect(countLater('second', 1)).toBe(0);
  });

  it('of a life that is over says nothing any more, however high its number', () => {
    hear('first', 1, 2);
    hear('second', 1, 2, 3);
    expect(countLater('first', 3)).toBe(Infinity);
    expect(countLater('second', 4)).toBe(0);
  });

  it('of a life that was long on its way ends no life that goes on', () => {
    hear('second', 1, 2, 3);
    hear('first', 90);
    expect(countLater('second', 4)).toBe(0);
    hear('second', 4, 5, 6);
    expect(countLater('first', 91)).toBe(Infinity);
  });

  it('is remembered of the last lives only', () => {
    for (const bootId of ['1', '2', '3', '4', '5']) hear(bootId, 1, 2, 3);
    expect(countLater('1', 1)).toBe(0);
    expect(countLater('2', 1)).toBe(Infinity);
  });
});
