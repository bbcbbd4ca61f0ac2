import { readFileSync } from 'node:fs';
import type { Anchor } from '#libs/event-store';
import { connectToNats } from '#libs/messaging';
import { readAnchorFile } from '../platform/anchors/anchor-file.ts';
import { readAnchorStream } from '../platform/anchors/anchor-stream.ts';
import type { OperatorSettings } from './environment.ts';

export interface LoadedAnchors {
  readonly anchors: readonly Anchor[];
  /** What could not be read, and why. */
  readonly unread: readonly string[];
}

type Settings = Pick<OperatorSettings, 'anchorFile' | 'natsUrl' | 'natsNkeySeedFile' | 'tenant'>;

const CONNECT_WITHIN_MS = 10_000;

/** From every place that is named. One that can't be read keeps nobody from looking at the others. */
export async function loadAnchors(settings: Settings): Promise<LoadedAnchors> {
  const sources: [place: string, read: () => AsyncIterable<Anchor>][] = [];
  const { anchorFile, natsUrl } = settings;
  if (anchorFile !== undefined) sources.push([anchorFile, () => readAnchorFile(anchorFile)]);
  if (natsUrl !== undefined) sources.push(['NATS', () => readFromNats(natsUrl, settings)]);
  const anchors = new Map<string, Anchor>(); // the same one is in every place
  const unread: string[] = [];
  for (const [place, read] of sources) {
    try {
      for await (const anchor of read()) anchors.set(`${anchor.logId} ${anchor.position} ${anchor.chainHash}`, anchor);
    } catch (error) {
      unread.push(`${place}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { anchors: [...anchors.values()], unread };
}

async function* readFromNats(servers: string, { natsNkeySeedFile, tenant }: Settings): AsyncGenerator<Anchor> {
  const link = await connectToNats({
    servers,
    name: 'zantara-operator',
    ...(natsNkeySeedFile === undefined ? {} : { nkeySeed: readFileSync(natsNkeySeedFile, 'utf8') }),
    log: () => undefined,
    signal: AbortSignal.timeout(CONNECT_WITHIN_MS),
  });
  try {
    yield* readAnchorStream(link, tenant);
  } finally {
    await link.close();
  }
}
