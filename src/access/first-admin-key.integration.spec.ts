import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildConfiguration } from '../../test/builders/configuration-builder.ts';
import { buildLog } from '../../test/builders/log-builder.ts';
import { ManualClock } from '../../test/builders/manual-clock.ts';
import { RecordingLogger } from '../../test/builders/recording-logger.ts';
import { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log/log.ts';
import { logStreams } from '../platform/log/stream-names.ts';
import { AccessService } from './access.service.ts';
import { FirstAdminKey } from './first-admin-key.ts';
import { hashKey } from './key-text.ts';

let folder: string;
let log: Log;
let printed: string[];

const start = (file: string | undefined): Promise<void> => {
  const config = buildConfiguration({ ADMIN_KEY_FILE: file });
  return new FirstAdminKey(config, new AccessService(log, new Clock()), new RecordingLogger()).onModuleInit();
};

const hashes = async (): Promise<unknown[]> =>
  (await log.store.readStream(logStreams.access)).map(({ data }) => data['key_sha256']);
const read = (file: string): string => readFileSync(file, 'utf8').trim();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zantara-admin-'));
  log = buildLog(new ManualClock());
  printed = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

describe('the first admin key', () => {
  it('is printed once, with what to do with it, where no file is named', async () => {
    await start(undefined);
    await start(undefined);
    expect(printed).toHaveLength(1);
    const key = /zt_\S+/.exec(printed.join(''))?.[0] ?? '';
    expect(printed[0]).toContain('zantara keys create');
    expect(await hashes()).toEqual([hashKey(key)]);
  });

  it('is in the file that is named, for its owner only, and nowhere else', async () => {
    const file = join(folder, 'keys', 'admin.key');
    await start(file);
    await start(file);
    expect(await hashes()).toEqual([hashKey(read(file))]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(printed).toEqual([]);
  });

  it('is one when two orchestrators start at once, whether they share the file or not', async () => {
    const shared = join(folder, 'shared.key');
    await Promise.all([start(shared), start(shared)]);
    expect(await hashes()).toEqual([hashKey(read(shared))]);

    log = buildLog(new ManualClock());
    const files = ['a.key', 'b.key'].map((name) => join(folder, name));
    await Promise.all(files.map(start));
    expect(await hashes()).toEqual(files.filter((file) => existsSync(file)).map((file) => hashKey(read(file))));
    expect(await hashes()).toHaveLength(1);
  });

  it('is the one in the file when the start before ended too early', async () => {
    const file = join(folder, 'admin.key');
    await start(file);
    const key = read(file);
    log = buildLog(new ManualClock());
    await start(file);
    expect([read(file), await hashes()]).toEqual([key, [hashKey(key)]]);
  });

  it('keeps the orchestrator from starting when the file holds something else', async () => {
    const file = join(folder, 'admin.key');
    writeFileSync(file, 'no key');
    await expect(start(file)).rejects.toMatchObject({ code: 'admin-key-file' });
    expect(await hashes()).toEqual([]);
  });
});
