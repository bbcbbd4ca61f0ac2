import { describe, expect, it } from '@jest/globals';
import { buildHealing } from '../../../test/builders/healing-parts.ts';
import { store } from '../../../test/builders/log-builder.ts';
import { logStreams } from '../../platform/log/stream-names.ts';
import { LiveFixes } from './live-fixes.ts';
import type { SlotEvent } from './slot.events.ts';

const reserved: SlotEvent = { type: 'SlotReserved', data: { target: 'memory', fix_id: 'f1', command_id: 'f1.1' } };
const released: SlotEvent = { type: 'SlotReleased', data: { target: 'memory', fix_id: 'f1' } };

async function build(): Promise<{ live: LiveFixes; parts: Awaited<ReturnType<typeof buildHealing>>; reads: string[] }> {
  const parts = await buildHealing();
  const reads: string[] = [];
  const load = parts.slots.load.bind(parts.slots);
  parts.slots.load = (target) => {
    reads.push(target);
    return load(target);
  };
  return { live: new LiveFixes(parts.slots, parts.catalogue), parts, reads };
}

describe('which fix is live', () => {
  it('is known from the log at first, and from the events after that', async () => {
    const { live, parts, reads } = await build();
    await store(parts.log, logStreams.slot('memory'), reserved);
    expect(await live.find('memory')).toBe('f1');
    live.apply(released);
    expect(await live.find('memory')).toBeUndefined();
    live.apply(reserved);
    expect(await live.find('memory')).toBe('f1');
    expect(reads).toEqual(['memory']);
  });

  it('is asked of the log again when others were quicker', async () => {
    const { live, parts } = await build();
    expect(await live.find('memory')).toBeUndefined();
    await store(parts.log, logStreams.slot('memory'), reserved);
    expect(await live.find('memory')).toBeUndefined();
    live.forget();
    expect(await live.find('memory')).toBe('f1');
  });

  it('tells the target of each that was seen to begin, until it ends', async () => {
    const { live } = await build();
    expect(live.findTarget('f1')).toBeUndefined();
    live.apply(reserved);
    expect(live.findTarget('f1')).toBe('memory');
    live.apply(released);
    expect(live.findTarget('f1')).toBeUndefined();
  });

  it('leaves a target untouched until anything is seen to be done about it, for as long as that is known', async () => {
    const { live, parts } = await build();
    await live.find('memory');
    expect(live.isUntouched('memory')).toBe(true);
    await store(parts.log, logStreams.slot('memory'), reserved, released);
    live.forget();
    await live.find('memory');
    expect(live.isUntouched('memory')).toBe(false);
    live.forget();
    live.apply(released);
    expect(live.isUntouched('memory')).toBe(false);
  });

  it('is none for what the catalogue does not name, without a look into the log', async () => {
    const { live, reads } = await build();
    for (let i = 0; i < 100; i++) expect(await live.find(`made-up-${i}`)).toBeUndefined();
    expect(reads).toEqual([]);
  });
});
