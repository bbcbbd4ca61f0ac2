import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type PendingStop, PendingStops } from './pending-stops.ts';

const STOP: PendingStop = { id: 'one', scope: 'global', reason: 'r', actor: 'person:ada' };
let dir: string;
let file: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'zantara-pending-'));
  file = join(dir, 'deeper', 'stop.pending');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('stops that the log does not hold yet', () => {
  it('outlive the process, each once, for nobody else to read', () => {
    const stops = new PendingStops(file);
    stops.add(STOP);
    stops.add(STOP);
    stops.add({ ...STOP, id: 'two', scope: 'service:rag' });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(new PendingStops(file).list()).toEqual([STOP, { ...STOP, id: 'two', scope: 'service:rag' }]);
  });

  it('leave no file behind when all are stored', () => {
    const stops = new PendingStops(file);
    stops.add(STOP);
    stops.remove(STOP.id);
    expect(stops.list()).toEqual([]);
    expect(existsSync(file)).toBe(false);
    expect(new PendingStops(file).list()).toEqual([]);
  });

  it.each(['', '{', '[{"id":"one"}]', '[{"id":"one","scope":"everything","reason":"r","actor":"a"}]'])(
    'are a stop of everything where the file can not be read: %j',
    (text) => {
      file = join(dir, 'stop.pending');
      writeFileSync(file, text);
      expect(new PendingStops(file).list()).toMatchObject([{ scope: 'global', actor: 'healing' }]);
    },
  );

  it('count although the disk takes nothing', () => {
    writeFileSync(join(dir, 'deeper'), 'not a folder');
    const stops = new PendingStops(file);
    expect(() => stops.add(STOP)).toThrow();
    expect(stops.list()).toEqual([STOP]);
  });
});
