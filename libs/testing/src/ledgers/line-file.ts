import {
  closeSync,
  existsSync,
  fdatasync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

const syncData = promisify(fdatasync);

/** A file that only grows, a line at a time, and outlives a kill of whoever writes it. */
export class LineFile {
  private handle: number | undefined;
  private lookedAt = 0;

  constructor(private readonly file: string) {}

  add(line: string): void {
    this.handle ??= this.open();
    writeSync(this.handle, `${line}\n`);
  }

  /** What was added so far outlives the machine, too. */
  async sync(): Promise<void> {
    if (this.handle !== undefined) await syncData(this.handle);
  }

  /** The whole lines: the last one may have been cut. */
  read(): string[] {
    if (!existsSync(this.file)) return [];
    return readFileSync(this.file, 'utf8').split('\n').slice(0, -1);
  }

  /** The whole lines that came since it was asked the last time. */
  readNew(): string[] {
    const size = existsSync(this.file) ? statSync(this.file).size : 0;
    const bytes = Buffer.alloc(size - this.lookedAt);
    if (bytes.length === 0) return [];
    const handle = openSync(this.file, 'r');
    readSync(handle, bytes, 0, bytes.length, this.lookedAt);
    closeSync(handle);
    const whole = bytes.subarray(0, bytes.lastIndexOf('\n') + 1);
    this.lookedAt += whole.length;
    return whole.toString().split('\n').slice(0, -1);
  }

  close(): void {
    if (this.handle !== undefined) closeSync(this.handle);
    this.handle = undefined;
  }

  /** Without the line that a kill has cut, or the next one would be a part of it. */
  private open(): number {
    mkdirSync(dirname(this.file), { recursive: true });
    if (existsSync(this.file)) {
      const bytes = readFileSync(this.file);
      truncateSync(this.file, bytes.lastIndexOf('\n') + 1);
    }
    return openSync(this.file, 'a');
  }
}
