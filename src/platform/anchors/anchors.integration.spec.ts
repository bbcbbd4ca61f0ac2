import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Anchor, CHAIN_HASH_VERSION } from '#libs/event-store';
import { NatsLink } from '#libs/messaging';
import { buildAppend, waitUntil } from '#libs/testing';
import { RunningOrchestrator } from '../../../test/builders/running-orchestrator.ts';
import { readAnchorFile } from './anchor-file.ts';
import { AnchorKeeper } from './anchor-keeper.ts';
import { readAnchorStream } from './anchor-stream.ts';

async function collect(anchors: AsyncIterable<Anchor>): Promise<Anchor[]> {
  const all: Anchor[] = [];
  for await (const anchor of anchors) all.push(anchor);
  return all;
}

describe('an orchestrator', () => {
  let folder: string;
  let file: string;
  let orchestrator: RunningOrchestrator;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'zantara-anchors-'));
    file = join(folder, 'anchors.ndjson');
    orchestrator = await RunningOrchestrator.start({ ANCHOR_FILE: file });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const keep = async (): Promise<Anchor> => {
    const { store } = orchestrator.log;
    await store.append(buildAppend('anchored-1'));
    const { position, chainHash, recordedAt } = await store.head();
    await orchestrator.app.get(AnchorKeeper).keep();
    return {
      logId: await store.logId(),
      position,
      hashVersion: CHAIN_HASH_VERSION,
      chainHash,
      recordedAt: recordedAt?.toISOString() ?? '',
    };
  };

  it('anchors its log in a file and in NATS', async () => {
    const anchor = await keep();
    expect((await collect(readAnchorFile(file))).at(-1)).toEqual(anchor);
    expect((await collect(readAnchorStream(orchestrator.app.get(NatsLink), 'test'))).at(-1)).toEqual(anchor);
    expect(await (await orchestrator.fetch('/metrics')).text()).toContain(
      `zantara_anchored_position{place="nats"} ${anchor.position}`,
    );
  });

  it('anchors in the file alone while NATS is away, and in NATS when that is back', async () => {
    await orchestrator.nats.kill();
    const link = orchestrator.app.get(NatsLink);
    await waitUntil(() => !link.isConnected);
    const anchor = await keep();
    expect((await collect(readAnchorFile(file))).at(-1)).toEqual(anchor);
    await orchestrator.nats.restart();
    await waitUntil(() => link.isConnected);
    await waitUntil(async () => {
      await orchestrator.app.get(AnchorKeeper).keep();
      return (await collect(readAnchorStream(link, 'test'))).at(-1)?.position === anchor.position;
    });
  });

  it('anchors the end of its log when it stops', async () => {
    await orchestrator.log.store.append(buildAppend('anchored-1', 'any', 5));
    const { chainHash } = await orchestrator.log.store.head();
    await orchestrator.stop();
    expect((await collect(readAnchorFile(file))).at(-1)?.chainHash).toBe(chainHash);
  });
});
