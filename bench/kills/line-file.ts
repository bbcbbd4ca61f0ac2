import { closeSync, existsSync, openSync, readFileSync, readSync, statSync, writeSync } from 'node:fs';

/** A file that only grows, a line at a time, and outlives a kill of whoever writes it. */
export class LineFile {
  private handle: number | undefined;
  private lookedAt = 0;

  constructor(private readonly file: string) {}

  add(line: string): void {
    this.handle ??= openSync(this.file, 'a');
    writeSync(this.handle, `${line}\n`);
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
}
