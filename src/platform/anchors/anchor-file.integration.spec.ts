import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Anchor } from '#libs/event-store';
import { AnchorFile, readAnchorFile } from './anchor-file.ts';

const anchorAt = (position: number): Anchor => ({
  logId: 'log',
  position,
  hashVersion: 2,
  chainHash: 'ab'.repeat(32),
  recordedAt: '2026-11-29T01:20:48.299Z',
});

describe('a file of anchors', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'zantara-anchors-'));
    path = join(folder, 'state', 'anchors.ndjson');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const readPositions = async (): Promise<number[]> => {
    const positions: number[] = [];
    for await (const { position } of readAnchorFile(path)) positions.push(position);
    return positions;
  };

  it('is none before the first one', async () => {
    expect(await readPositions()).toEqual([]);
    expect(await new AnchorFile(path).readLast()).toBeUndefined();
  });

  it('holds a line for each, in order, also of two who write it', async () => {
    const [one, other] = [new AnchorFile(path), new AnchorFile(path)];
    for (const position of [1, 2, 3, 4]) await (position % 2 === 0 ? one : other).write(anchorAt(position));
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(5);
    expect(await readPositions()).toEqual([1, 2, 3, 4]);
    expect(await one.readLast()).toEqual(anchorAt(4));
  });

  it('goes on behind a line that a crash has cut off', async () => {
    const file = new AnchorFile(path);
    await file.write(anchorAt(1));
    appendFileSync(path, '{"log_id":"log","posi');
    expect(await file.readLast()).toEqual(anchorAt(1));
    await file.write(anchorAt(2));
    expect(await readPositions()).toEqual([1, 2]);
  });

  it('is put aside when it is full, and stays readable', async () => {
    const file = new AnchorFile(path, 300);
    const positions = Array.from({ length: 25 }, (_, n) => n + 1);
    for (const position of positions) await file.write(anchorAt(position));
    expect(readdirSync(join(folder, 'state')).length).toBeGreaterThan(10);
    expect(await readPositions()).toEqual(positions);
  });
});
