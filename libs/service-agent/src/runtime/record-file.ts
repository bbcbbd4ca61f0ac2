import { constants } from 'node:fs';
import { type FileHandle, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';

/** Turns a line's JSON into a record; `undefined` for what it doesn't know. */
export type RecordParser<T> = (value: unknown) => T | undefined;

const writeLine = (record: unknown): string => {
  const json = JSON.stringify(record);
  return `${crc32(json).toString(16).padStart(8, '0')} ${json}\n`;
};

function readLine(line: string): unknown {
  const json = line.slice(9);
  if (line[8] !== ' ' || crc32(json).toString(16).padStart(8, '0') !== line.slice(0, 8)) return undefined;
  return JSON.parse(json);
}

/** A rename is durable only when its directory is. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, constants.O_RDONLY);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

interface Batch {
  text: string;
  readonly isDurable: boolean;
  readonly done: Promise<void>;
}

/**
 * An append-only file of records, one checked line each. What `append` resolved for survives kill -9 and a power cut. A torn
 * last line is cut off at opening; a damaged line in the middle is skipped and counted. Appends that come while one is being
 * synced share the next sync.
 */
export class RecordFile<T> {
  private next: Batch | undefined;
  private lastTurn: Promise<void> = Promise.resolve();

  private constructor(
    private readonly path: string,
    private handle: FileHandle,
    private bytes: number,
  ) {}

  static async open<T>(
    path: string,
    parse: RecordParser<T>,
  ): Promise<{ file: RecordFile<T>; records: T[]; damagedLines: number }> {
    const handle = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
    await syncDirectory(dirname(path));
    const content = await handle.readFile();
    const records: T[] = [];
    let [damagedLines, start] = [0, 0];
    for (let end = content.indexOf(10); end !== -1; end = content.indexOf(10, start)) {
      const value = readLine(content.toString('utf8', start, end));
      const record = value === undefined ? undefined : parse(value);
      if (record === undefined) damagedLines += 1;
      else records.push(record);
      start = end + 1;
    }
    if (start < content.length) await handle.truncate(start);
    return { file: new RecordFile<T>(path, handle, start), records, damagedLines };
  }

  get sizeBytes(): number {
    return this.bytes;
  }

  /** Resolves when the records are on the disk. */
  append(records: readonly T[]): Promise<void> {
    return this.enqueue(records.map(writeLine).join(''), true);
  }

  /** For what may be forgotten in a crash. */
  appendLazily(records: readonly T[]): Promise<void> {
    return this.enqueue(records.map(writeLine).join(''), false);
  }

  /** Replaces the content in one step by what `snapshot` returns at that moment. */
  rewrite(snapshot: () => readonly T[]): Promise<void> {
    this.next = undefined; // what comes later goes behind the new content
    return this.inTurn(async () => {
      const temporary = `${this.path}.new`;
      const text = Buffer.from(snapshot().map(writeLine).join(''));
      const handle = await open(temporary, 'w+', 0o600);
      try {
        await handle.writeFile(text);
        await handle.sync();
        await rename(temporary, this.path);
        await syncDirectory(dirname(this.path));
      } catch (error) {
        await handle.close();
        throw error;
      }
      await this.handle.close();
      [this.handle, this.bytes] = [handle, text.length];
    });
  }

  async close(): Promise<void> {
    await this.inTurn(() => this.handle.close());
  }

  private enqueue(text: string, isDurable: boolean): Promise<void> {
    if (this.next !== undefined && this.next.isDurable === isDurable) {
      this.next.text += text;
      return this.next.done;
    }
    const batch: Batch = { text, isDurable, done: this.inTurn(() => this.write(batch)) };
    this.next = batch;
    return batch.done;
  }

  /** At an explicit place, so that a write that failed half way is overwritten by the next. */
  private async write(batch: Batch): Promise<void> {
    if (this.next === batch) this.next = undefined;
    const buffer = Buffer.from(batch.text);
    try {
      for (let written = 0; written < buffer.length;) {
        written += (await this.handle.write(buffer, written, buffer.length - written, this.bytes + written)).bytesWritten;
      }
      if (batch.isDurable) await this.handle.datasync();
    } catch (error) {
      await this.handle.truncate(this.bytes).catch(() => undefined);
      throw error;
    }
    this.bytes += buffer.length;
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.lastTurn.then(work);
    this.lastTurn = turn.catch(() => undefined);
    return turn;
  }
}
