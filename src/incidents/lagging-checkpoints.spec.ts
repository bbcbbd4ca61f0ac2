import { beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryCheckpoints } from '#libs/event-store';
import { LaggingCheckpoints } from './lagging-checkpoints.ts';

describe('checkpoints that lag behind their reader', () => {
  let stored: InMemoryCheckpoints;
  let lagging: LaggingCheckpoints;
  let undone: number | undefined;

  beforeEach(async () => {
    stored = new InMemoryCheckpoints();
    lagging = new LaggingCheckpoints(stored, () => undone);
    await lagging.load('reader');
    undone = 8;
    await lagging.advance('reader', 0, 10);
  });

  it('stop before what is undone', async () => {
    expect(await stored.load('reader')).toBe(7);
  });

  it('catch up with the reader once that is done with, though nothing new comes', async () => {
    await lagging.catchUp('reader');
    expect(await stored.load('reader')).toBe(7);
    undone = undefined;
    await lagging.catchUp('reader');
    expect(await stored.load('reader')).toBe(10);
  });

  it('leave alone what another reader has moved meanwhile', async () => {
    undone = undefined;
    await stored.advance('reader', 7, 9);
    await lagging.catchUp('reader');
    expect(await stored.load('reader')).toBe(9);
  });
});
