import { createReadStream, existsSync } from 'node:fs';
import { mkdir, open, readdir, rename, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Anchor, formatAnchor, parseAnchor } from '#libs/event-store';
import type { AnchorPlace } from './anchor-keeper.ts';

/** About 70 days of an anchor each minute. */
const MOST_BYTES = 16 * 1024 * 1024;
const LINE_FEED = 0x0a;

/** Anchors as lines of a file that is only ever added to. A full one is put aside as `<file>.1`, `<file>.2` ..., and never deleted. */
export class AnchorFile implements AnchorPlace {
  readonly name = 'file';

  constructor(
    private readonly path: string,
    private readonly mostBytes = MOST_BYTES,
  ) {}

  async readLast(): Promise<Anchor | undefined> {
    let last: Anchor | undefined;
    for await (const anchor of readLines(this.path)) last = anchor;
    return last;
  }

  /** Resolves when the line is on the disk. */
  async write(anchor: Anchor): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true });
    const file = await open(this.path, 'a+', 0o600);
    try {
      const { size } = await file.stat();
      if (size > this.mostBytes) return await this.beginAnew(anchor);
      // A crash may have cut the last line off; this one must not become a part of it.
      const start = size === 0 || (await endsInLineFeed(file, size)) ? '' : '\n';
      await file.appendFile(`${start}${formatAnchor(anchor)}\n`);
      await file.sync();
      if (size === 0) await syncFolder(this.path);
    } finally {
      await file.close();
    }
  }

  private async beginAnew(anchor: Anchor): Promise<void> {
    const [last = 0] = (await listNumbers(this.path)).toReversed();
    await rename(this.path, `${this.path}.${last + 1}`);
    await this.write(anchor);
  }
}

/** Every anchor of a file and of those that were put aside, in the order in which they were written; none where there is no file. */
export async function* readAnchorFile(path: string): AsyncGenerator<Anchor> {
  const old = await listNumbers(path);
  for (const name of [...old.map((number) => `${path}.${number}`), path]) yield* readLines(name);
}

async function* readLines(path: string): AsyncGenerator<Anchor> {
  if (!existsSync(path)) return;
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    const anchor = parseAnchor(line);
    if (anchor !== undefined) yield anchor;
  }
}

/** The numbers of the files that were put aside, from the oldest on. */
async function listNumbers(path: string): Promise<number[]> {
  if (!existsSync(dirname(path))) return [];
  const prefix = `${basename(path)}.`;
  const names = (await readdir(dirname(path))).filter((name) => name.startsWith(prefix));
  return names
    .map((name) => Number(name.slice(prefix.length)))
    .filter((number) => Number.isInteger(number))
    .toSorted((a, b) => a - b);
}

async function endsInLineFeed(file: FileHandle, size: number): Promise<boolean> {
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] === LINE_FEED;
}

/** Or the name of a new file may be gone after a loss of power, and with it what is in it. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(join(dirname(path), '.'), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
