import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const BALLAST = 'ballast';

/** A file system of its own, in memory, that can be filled. Linux lets only root have one, and not in every container. */
export class SmallDisk {
  private constructor(readonly dir: string) {}

  /** @throws where none can be had */
  static mount(mebibytes: number): SmallDisk {
    const dir = mkdtempSync(join(tmpdir(), 'zantara-disk-'));
    const { status, error, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=755`, 'tmpfs', dir], {
      encoding: 'utf8',
    });
    if (status === 0) return new SmallDisk(dir);
    rmdirSync(dir);
    throw new Error(`no small disk can be had: ${error?.message ?? stderr.trim()}`);
  }

  /** Why none can be had here; `undefined` where one can. */
  static findHindrance(): string | undefined {
    try {
      SmallDisk.mount(1).unmount();
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** Not a byte is left. */
  fill(): void {
    const handle = openSync(join(this.dir, BALLAST), 'a');
    try {
      for (let bytes = 1024 * 1024; bytes >= 1;) {
        if (!hasTaken(handle, bytes)) bytes = Math.floor(bytes / 2);
      }
    } finally {
      closeSync(handle);
    }
  }

  free(): void {
    rmSync(join(this.dir, BALLAST), { force: true });
  }

  unmount(): void {
    const { status, stderr } = spawnSync('umount', [this.dir], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${this.dir} stays mounted: ${stderr.trim()}`);
    rmdirSync(this.dir);
  }
}

function hasTaken(handle: number, bytes: number): boolean {
  try {
    return writeSync(handle, Buffer.alloc(bytes)) > 0;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return false;
    throw error;
  }
}
