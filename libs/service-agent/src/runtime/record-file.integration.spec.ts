import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { RecordFile } from './record-file.ts';

const parse = (value: unknown): { n: number } | undefined => z.strictObject({ n: z.number() }).safeParse(value).data;

describe('RecordFile', () => {
  let dir: string;
  let path: string;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'zantara-records-'));
    path = join(dir, 'records.log');
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const write = async (...numbers: number[]): Promise<void> => {
    const { file } = await RecordFile.open(path, parse);
    for (const n of numbers) await file.append([{ n }]);
    await file.close();
  };
  const read = async () => {
    const { file, records, damagedLines } = await RecordFile.open(path, parse);
    await file.close();
    return { numbers: records.map(({ n }) => n), damagedLines };
  };

  it('has after opening what was appended before', async () => {
    await write(1, 2);
    await write(3);
    expect(await read()).toEqual({ numbers: [1, 2, 3], damagedLines: 0 });
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('keeps every whole record wherever the last write was torn, and goes on behind it', async () => {
    await write(1, 2, 3);
    const whole = readFileSync(path);
    const lineBytes = whole.length / 3;
    for (let bytes = 0; bytes <= whole.length; bytes++) {
      writeFileSync(path, whole.subarray(0, bytes));
      const kept = [1, 2, 3].slice(0, Math.floor(bytes / lineBytes));
      expect((await read()).numbers).toEqual(kept);
      await write(9);
      expect(await read()).toEqual({ numbers: [...kept, 9], damagedLines: 0 });
    }
  });

  it('skips and counts a line that the disk has damaged', async () => {
    await write(1, 2, 3);
    const damaged = readFileSync(path, 'utf8').replace('"n":2', '"n":7');
    writeFileSync(path, damaged);
    expect(await read()).toEqual({ numbers: [1, 3], damagedLines: 1 });
  });

  it('keeps the order of appends that come at once', async () => {
    const { file } = await RecordFile.open(path, parse);
    await Promise.all(Array.from({ length: 200 }, (_, n) => (n % 3 === 0 ? file.appendLazily([{ n }]) : file.append([{ n }]))));
    await file.close();
    expect((await read()).numbers).toEqual(Array.from({ length: 200 }, (_, n) => n));
  });

  it('replaces everything at once, and keeps what is appended meanwhile', async () => {
    await write(1, 2, 3);
    const { file } = await RecordFile.open(path, parse);
    await Promise.all([file.append([{ n: 4 }]), file.rewrite(() => [{ n: 0 }]), file.append([{ n: 5 }])]);
    await file.append([{ n: 6 }]);
    await file.close();
    expect((await read()).numbers).toEqual([0, 5, 6]);
  });

  it('passes a failure on to the one who appends, and works again after it', async () => {
    const { file } = await RecordFile.open(path, parse);
    await file.append([{ n: 1 }]);
    await expect(
      file.rewrite(() => {
        throw new Error('no snapshot');
      }),
    ).rejects.toThrow('no snapshot');
    await file.append([{ n: 2 }]);
    await file.close();
    expect((await read()).numbers).toEqual([1, 2]);
  });
});
