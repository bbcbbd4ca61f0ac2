import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { PostgresEventStore } from '#libs/event-store';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { createRandomHistory } from '../../../test/builders/random-history.ts';

const root = join(import.meta.dirname, '../../..');
const EVENTS = 40;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  const store = new PostgresEventStore({ connectionString: database.appUrl });
  const history = createRandomHistory({ seed: 3, things: 2 });
  for (let n = 0; n < EVENTS; n += 1) {
    const { stream, ...event } = history.next().value;
    await store.append({ writes: [{ stream, expected: 'any', events: [{ ...event, id: uuidv7() }] }] });
  }
  await store.close();
}, 60_000);
afterAll(() => database.drop());

/** As people run it, against a database of their own. */
async function zantara(args: readonly string[], input = ''): Promise<{ code: number; out: string[]; err: string }> {
  const env = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    DATABASE_URL: database.appUrl,
    MIGRATION_DATABASE_URL: database.ownerUrl,
  };
  const child = spawn(process.execPath, ['scripts/zantara.mjs', ...args], { cwd: root, env });
  const [out, err] = [child.stdout, child.stderr].map((stream) => {
    const chunks: string[] = [];
    stream.setEncoding('utf8').on('data', (text: string) => chunks.push(text));
    return chunks;
  });
  child.stdin.end(input);
  await once(child, 'close');
  const lines = (out ?? []).join('').split('\n');
  return { code: child.exitCode ?? -1, out: lines.filter((line) => line !== ''), err: (err ?? []).join('') };
}

describe('the log tools on the command line', () => {
  it('replay tells every event and then the manifest, the same each time', async () => {
    const [first, second] = [await zantara(['replay', '-o', 'jsonl']), await zantara(['replay', '-o', 'jsonl'])];
    expect([first.code, first.out.length]).toEqual([0, EVENTS + 1]);
    expect(first.out).toEqual(second.out);
    expect(JSON.parse(first.out.at(-1) ?? '')).toMatchObject({ kind: 'manifest', events: EVENTS });
  }, 120_000);

  it('replay tells people where it begins and ends, with the rows that changed', async () => {
    const { code, out } = await zantara(['replay', '--from', '3', '--to', '5', '--effects']);
    expect(code).toBe(0);
    expect(out.filter((line) => /^ +\d+ {2}20/.test(line)).map((line) => Number(line.trim().split(' ')[0]))).toEqual([3, 4, 5]);
  }, 60_000);

  it('step waits for a line before each event but the first, goes on by so many, and ends when told', async () => {
    const { code, out, err } = await zantara(['step'], '\n3\nq\n');
    expect(out.filter((line) => /^ +\d+ {2}20/.test(line))).toHaveLength(5);
    expect([code, err.split('\n').filter((line) => line.startsWith('Enter'))]).toEqual([
      0,
      expect.arrayContaining(['Enter: the next event · a number: so many · q: end']),
    ]);
  }, 60_000);

  it('projections rebuild says what it would do, does it, and goes back; verify looks at it', async () => {
    expect((await zantara(['projections', 'rebuild', 'fixes', '--dry-run', '-o', 'csv'])).out[1]).toMatch(/^fixes,planned,/);
    expect((await zantara(['projections', 'rebuild', 'fixes', '-o', 'csv'])).out[1]).toMatch(/^fixes,switched,2,/);
    expect((await zantara(['projections', 'rebuild', 'fixes', '--back', '-o', 'csv'])).out[1]).toMatch(/^fixes,returned,1,/);
    const { code, out } = await zantara(['projections', 'verify', 'fixes', '-o', 'jsonl']);
    expect([code, JSON.parse(out[0] ?? '')]).toEqual([0, expect.objectContaining({ rows_match: true, log_matches: true })]);
  }, 120_000);

  it('export writes the log, a line each, and names what there is otherwise', async () => {
    expect((await zantara(['export', 'events'])).out).toHaveLength(EVENTS);
    const { code, err } = await zantara(['export', 'secrets']);
    expect([code, err]).toEqual([2, expect.stringContaining('fix_success')]);
  }, 60_000);
});
