import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHAIN_HASH_VERSION, formatAnchor, PostgresEventStore } from '#libs/event-store';
import { buildAppend, createTestDatabase, type TestDatabase, withClient } from '#libs/testing';

const root = join(import.meta.dirname, '../../..');

describe('zantara verify', () => {
  let database: TestDatabase;
  let folder: string;
  let file: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'zantara-verify-'));
    file = join(folder, 'anchors.ndjson');
    database = await createTestDatabase();
    const store = new PostgresEventStore({ connectionString: database.appUrl });
    for (let n = 0; n < 10; n += 1) await store.append(buildAppend(`s-${n % 3}`, 'any', 3));
    const { position, chainHash, recordedAt } = await store.head();
    const anchor = {
      logId: await store.logId(),
      position,
      hashVersion: CHAIN_HASH_VERSION,
      chainHash,
      recordedAt: recordedAt?.toISOString() ?? '',
    };
    appendFileSync(file, `${formatAnchor(anchor)}\n`);
    await store.append(buildAppend('s-1', 'any', 2));
    await store.close();
  }, 60_000);
  afterAll(async () => {
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** As people run it, against a database of their own. */
  async function verify(
    args: readonly string[],
    env: NodeJS.ProcessEnv = {},
  ): Promise<{ code: number; out: string; err: string }> {
    const child = spawn(process.execPath, ['scripts/zantara.mjs', 'verify', ...args], {
      cwd: root,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], DATABASE_URL: database.appUrl, ANCHOR_FILE: file, ...env },
    });
    const [out, err] = [child.stdout, child.stderr].map((stream) => {
      const chunks: string[] = [];
      stream.setEncoding('utf8').on('data', (text: string) => chunks.push(text));
      return chunks;
    });
    await once(child, 'close');
    return { code: child.exitCode ?? -1, out: (out ?? []).join(''), err: (err ?? []).join('') };
  }

  it('says that a sound log is sound, and what no anchor vouches for yet', async () => {
    const { code, out, err } = await verify([]);
    expect(out).toMatch(/^SOUND {2}32 events in 11 batches and 3 streams, anchored up to position 30 \(1 anchor\); /);
    expect({ code, err }).toEqual({ code: 0, err: 'note: no anchor vouches for positions 31 to 32 yet [unanchored]\n' });
  }, 120_000);

  it('goes on without the anchors of a NATS server that does not answer, and says so', async () => {
    const { code, err } = await verify([], { NATS_URL: 'nats://127.0.0.1:1' });
    expect(code).toBe(0);
    expect(err).toContain('[anchors-unread]');
  }, 60_000);

  it('ends with 7 and names what was changed, in every form', async () => {
    const set = (payload: string): Promise<unknown> =>
      withClient(database.ownerUrl, (client) => client.query('UPDATE events SET payload = $1 WHERE position = 7', [payload]));
    const { rows } = await withClient(database.ownerUrl, (client) =>
      client.query<{ payload: string }>('SELECT payload FROM events WHERE position = 7'),
    );
    await set('{"forged":true}');
    try {
      const table = await verify([]);
      expect([table.code, table.out]).toEqual([
        7,
        expect.stringMatching(/^DAMAGED[^]*event-changed +7 +7 +the content at position 7/),
      ]);
      expect(table.err).toContain('[log-damaged]');
      const json: unknown = JSON.parse((await verify(['-o', 'json'])).out);
      expect(json).toMatchObject({
        is_sound: false,
        head: '32',
        anchored: { position: '30' },
        findings: [{ code: 'event-changed' }],
      });
      expect(JSON.parse((await verify(['-o', 'jsonl'])).out)).toMatchObject({ code: 'event-changed', from: '7', through: '7' });
      expect((await verify(['-o', 'csv'])).out).toMatch(/^code,from,through,stream,sentence\r?\nevent-changed,7,7,,/);
    } finally {
      await set(rows[0]?.payload ?? '');
    }
  }, 120_000);

  it('says which setting it lacks, and what does not answer', async () => {
    expect(await verify([], { DATABASE_URL: 'mysql://x/y' })).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('DATABASE_URL'),
    });
    const nobody = await verify([], { DATABASE_URL: 'postgres://zantara_app@127.0.0.1:1/none' });
    expect(nobody).toMatchObject({ code: 5, out: '', err: expect.stringContaining('[log-unavailable]') });
  }, 60_000);
});
