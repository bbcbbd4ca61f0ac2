import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ZantaraError } from '#libs/contracts';
import { PostgresEventStore } from '#libs/event-store';
import { buildAppend, buildEvent } from '../event-store/event-builder.ts';
import { checkStoredLog } from '../log-checker/loading/load-log-evidence.ts';
import { removeFolder } from '../../../../scripts/infra/run-folder.mjs';
import { createTestDatabase, type TestDatabase } from './create-test-database.ts';
import { SmallDisk } from './small-disk.ts';
import { type PrivatePostgres, startPrivatePostgres } from './start-private-postgres.ts';

/** More than the server needs for itself. */
const DISK_MIB = 250;

const hindrance = SmallDisk.findHindrance();
if (hindrance !== undefined) process.stderr.write(`full disks are not looked at: ${hindrance}\n`);
const describeWithDisk = hindrance === undefined ? describe : describe.skip;

describeWithDisk('an event store whose disk is full', () => {
  let server: PrivatePostgres;
  let database: TestDatabase;
  let store: PostgresEventStore;

  beforeAll(async () => {
    server = await startPrivatePostgres({ diskMiB: DISK_MIB });
    database = await createTestDatabase(server.urls);
    store = new PostgresEventStore({ connectionString: database.appUrl, limits: { giveUpAfterMs: 500 } });
  }, 60_000);
  afterAll(async () => {
    await store.close();
    await server.remove();
  });

  it('says that it can not be had, loses nothing that it said was stored, and stores the rest once there is room', async () => {
    const requests = Array.from({ length: 200 }, (_, n) =>
      buildAppend(`full-${n}`, 'none', [buildEvent({ data: { text: 'x'.repeat(50_000) } })]),
    );
    const kinds = new Set<unknown>();
    const failed = new Set<(typeof requests)[number]>();
    for (const [n, request] of requests.entries()) {
      if (n === 20) server.disk?.fill();
      await store.append(request).catch((error: unknown) => {
        kinds.add(error instanceof ZantaraError ? `${error.kind} ${String(error.retryable)}` : error);
        failed.add(request);
      });
      if (failed.size === 5) break;
    }
    expect([...kinds]).toEqual(['unavailable true']);
    server.disk?.free();
    await server.untilUsable();
    for (const request of requests) await store.append(request);
    expect(await store.readAll({ after: 0, limit: 1_000 })).toHaveLength(requests.length);
    expect(await checkStoredLog(database.ownerUrl)).toEqual([]);
  }, 60_000);
});

describeWithDisk('a small disk', () => {
  it('goes with the folder of a run that was killed', async () => {
    const { TMPDIR = tmpdir() } = process.env;
    const folder = mkdtempSync(join(TMPDIR, 'zantara-killed-'));
    process.env['TMPDIR'] = folder;
    const disk = SmallDisk.mount(1);
    process.env['TMPDIR'] = TMPDIR;
    disk.fill();
    await removeFolder(folder);
    expect(existsSync(folder)).toBe(false);
  });
});
