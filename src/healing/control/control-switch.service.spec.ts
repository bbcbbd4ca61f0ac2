import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryCheckpoints } from '#libs/event-store';
import { buildConfiguration } from '../../../test/builders/configuration-builder.ts';
import { FlakyEventStore } from '../../../test/builders/flaky-event-store.ts';
import { readWhole } from '../../../test/builders/log-builder.ts';
import { ManualClock } from '../../../test/builders/manual-clock.ts';
import { Log } from '../../platform/log/log.ts';
import { ControlSwitch } from './control-switch.service.ts';

const EVERYTHING = { scope: 'global', reason: 'it makes things worse', actor: 'person:ada' } as const;
const RAG = { ...EVERYTHING, scope: 'service:rag' } as const;
let dir: string;
let events: FlakyEventStore;
let log: Log;
let control: ControlSwitch;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'zantara-switch-'));
  const clock = new ManualClock();
  events = new FlakyEventStore({ now: clock.now });
  log = new Log(events, new InMemoryCheckpoints(), clock);
  control = openSwitch();
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const openSwitch = (name = 'stop'): ControlSwitch => new ControlSwitch(log, buildConfiguration({ STOP_FILE: join(dir, name) }));
const stopsOf = (one: ControlSwitch): string[] => [...one.current.state].toSorted();
const stored = async (): Promise<string[]> =>
  (await readWhole(log)).map(({ type, data }) => `${type} ${data['scope'] as string}`);

describe('a stop', () => {
  it('counts and is told before it is stored, in a version ahead of the log', async () => {
    const told: string[][] = [];
    control.onChanged(() => told.push(stopsOf(control)));
    control.stop(EVERYTHING);
    expect(told).toEqual([['global']]);
    expect(control).toMatchObject({ hasPending: true, announcedVersion: 1, current: { version: 0 } });
    expect(await stored()).toEqual([]);
  });

  it('is told although the disk takes nothing', () => {
    writeFileSync(join(dir, 'file'), '');
    const full = openSwitch('file/stop');
    let isTold = false;
    full.onChanged(() => (isTold = true));
    expect(() => full.stop(EVERYTHING)).toThrow();
    expect({ isTold, stops: stopsOf(full) }).toEqual({ isTold: true, stops: ['global'] });
  });

  it.each(['before', 'after'] as const)('is stored once though the log broke %s the commit', async (failure) => {
    control.stop(EVERYTHING);
    events.nextFailure = failure;
    await expect(control.storePending()).rejects.toThrow();
    expect(control.hasPending).toBe(true);
    await Promise.all([control.storePending(), control.storePending()]);
    expect(await stored()).toEqual(['HealingStopped global']);
    expect(control).toMatchObject({ hasPending: false, announcedVersion: 1 });
    expect(stopsOf(control)).toEqual(['global']);
  });

  it('is stored once by the process that comes after', async () => {
    control.stop(RAG);
    const next = openSwitch();
    expect(stopsOf(next)).toEqual(['service:rag']);
    await next.storePending();
    await control.storePending();
    expect(await stored()).toEqual(['HealingStopped service:rag']);
    expect(existsSync(join(dir, 'stop.pending'))).toBe(false);
  });
});

describe('to resume', () => {
  it('is refused while the stop file is there, even when that stop is stored', async () => {
    control.stop(EVERYTHING);
    await control.storePending();
    control.noteFile('a person wants it so');
    await expect(control.resume(EVERYTHING)).rejects.toMatchObject({ code: 'stop-file-present' });
    control.noteFile(undefined);
    expect(stopsOf(control)).toEqual(['global']);
    await control.resume(EVERYTHING);
    expect(stopsOf(control)).toEqual([]);
  });

  it('is refused while the stop is not stored', async () => {
    control.stop(RAG);
    await expect(control.resume(RAG)).rejects.toMatchObject({ code: 'stop-not-stored' });
    expect(stopsOf(control)).toEqual(['service:rag']);
  });

  it('is refused where that scope is not stopped', async () => {
    await expect(control.resume(EVERYTHING)).rejects.toMatchObject({ code: 'not-stopped' });
    control.stop(EVERYTHING);
    await control.storePending();
    await expect(control.resume(RAG)).rejects.toMatchObject({ code: 'not-stopped' });
    expect(await stored()).toEqual(['HealingStopped global']);
  });

  it('may be tried first, and is told only when it is done', async () => {
    control.stop(RAG);
    await control.storePending();
    const told: string[][] = [];
    control.onChanged(() => told.push(stopsOf(control)));
    await control.resume(RAG, { dryRun: true });
    expect({ told, stops: stopsOf(control) }).toEqual({ told: [], stops: ['service:rag'] });
    await control.resume(RAG);
    expect(told).toEqual([[]]);
    expect(await stored()).toEqual(['HealingStopped service:rag', 'HealingResumed service:rag']);
  });
});

describe('what another orchestrator says', () => {
  it('is taken over where it is a stop that the log does not hold, and stored once', async () => {
    for (const _again of [1, 2]) control.hear(1, new Set(['global']));
    expect(stopsOf(control)).toEqual(['global']);
    await control.storePending();
    control.hear(1, new Set(['global']));
    await control.storePending();
    expect(await stored()).toEqual(['HealingStopped global']);
  });

  it('lifts nothing when it is older, and nothing when it is ahead', async () => {
    control.stop(EVERYTHING);
    control.hear(0, new Set());
    control.hear(7, new Set());
    expect(stopsOf(control)).toEqual(['global']);
    expect(control.announcedVersion).toBe(7);
  });

  it('stops nothing again that was resumed since', async () => {
    control.stop(EVERYTHING);
    await control.storePending();
    await control.resume(EVERYTHING);
    control.hear(1, new Set(['global']));
    expect(stopsOf(control)).toEqual([]);
    expect(control).toMatchObject({ hasPending: false, announcedVersion: 2 });
  });
});
