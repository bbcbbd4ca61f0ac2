import { describe, expect, it } from '@jest/globals';
import { Seam } from './seam.ts';

const opened = (after: number): { kind: 'opened'; after: number } => ({ kind: 'opened', after });
const event = (position: number): { kind: 'event'; position: number; data: string } => ({ kind: 'event', position, data: '' });

describe('where a tab goes on with a stream that others share', () => {
  it('takes nothing before it knows where the stream began', () => {
    const seam = new Seam(5);
    expect([event(6), { kind: 'heartbeat' } as const].map((message) => seam.accepts(message))).toEqual([false, false]);
    expect(seam.position).toBe(5);
  });

  it('takes a stream that begins at its end or before, and moves on with it', () => {
    const seam = new Seam(5);
    expect([opened(3), event(4), event(6)].map((message) => seam.accepts(message))).toEqual([true, true, true]);
    expect(seam.position).toBe(6);
  });

  it('takes none that begins further on, until it begins again early enough', () => {
    const seam = new Seam(5);
    expect([opened(5), event(6), opened(9), event(10)].map((message) => seam.accepts(message))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(seam.position).toBe(6);
    expect(seam.accepts(opened(6))).toBe(true);
  });

  it('hears in any case that the stream is lost', () => {
    expect(new Seam(5).accepts({ kind: 'lost' })).toBe(true);
  });
});
