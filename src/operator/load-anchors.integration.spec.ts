import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Anchor } from '#libs/event-store';
import { ensureStreams } from '#libs/messaging';
import { startTestNats, type TestNats } from '#libs/testing';
import { AnchorFile } from '../platform/anchors/anchor-file.ts';
import { AnchorStream } from '../platform/anchors/anchor-stream.ts';
import { loadAnchors } from './load-anchors.ts';

const anchorAt = (position: number): Anchor => ({
  logId: 'log',
  position,
  hashVersion: 2,
  chainHash: 'ab'.repeat(32),
  recordedAt: '2026-11-29T01:20:48.299Z',
});

describe('anchors', () => {
  let nats: TestNats;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'zantara-anchors-'));
    nats = await startTestNats({ tenant: 'test' });
    const link = await nats.connectOrchestrator();
    await ensureStreams(link, 'test');
    for (const position of [1, 2]) await new AnchorStream(link, 'test').write(anchorAt(position));
    for (const position of [2, 3]) await new AnchorFile(join(folder, 'anchors')).write(anchorAt(position));
  });
  afterAll(async () => {
    await nats.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const load = async (natsUrl: string | undefined): Promise<{ positions: number[]; unread: readonly string[] }> => {
    const natsNkeySeedFile = nats.seedFile('orchestrator');
    const { anchors, unread } = await loadAnchors({
      anchorFile: join(folder, 'anchors'),
      natsUrl,
      natsNkeySeedFile,
      tenant: 'test',
    });
    return { positions: anchors.map(({ position }) => position).toSorted((a, b) => a - b), unread };
  };

  it('come from the file and from NATS, each once', async () => {
    expect(await load(nats.url)).toEqual({ positions: [1, 2, 3], unread: [] });
  });

  it('come from where they can be read, and what can not be is said', async () => {
    expect(await load('nats://127.0.0.1:1')).toEqual({ positions: [2, 3], unread: [expect.stringMatching(/^NATS: /)] });
    expect(await load(undefined)).toEqual({ positions: [2, 3], unread: [] });
  }, 60_000);
});
