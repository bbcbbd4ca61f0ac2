import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AnsweringServer } from '../../../test/builders/answering-server.ts';
import { runCli } from './run-cli.ts';

let server: AnsweringServer;
let out: string[];
let notes: string[];

const terminal = {
  isColoured: false,
  nowMs: () => 0,
  out: (line: string) => void out.push(line),
  note: (line: string) => void notes.push(line),
};

const KEY = `zt_0a1b2c3d4e5f_${'s'.repeat(43)}`;
const run = (...args: string[]): Promise<number> => runCli([...args, '--url', server.url, '--api-key', 'zt_mine'], terminal);

beforeAll(async () => {
  server = await AnsweringServer.start();
});
beforeEach(() => {
  [server.asked, out, notes] = [[], [], []];
});
afterAll(() => server.stop());

describe('zantara keys', () => {
  it('lists whose they are and whether they count', async () => {
    const key = { key_id: '0a1b2c3d4e5f', owner: 'ana', kind: 'person', role: 'sre', state: 'active' };
    const times = { created_at: '2026-11-29T12:00:00.000Z', expires_at: null, revoked_at: null };
    server.answer = { status: 200, body: { items: [{ ...key, ...times }], next_cursor: null, position: '3' } };
    expect(await run('keys', 'list')).toBe(0);
    expect(server.asked).toEqual([{ line: 'GET /api/keys', key: 'Bearer zt_mine', type: undefined, body: undefined }]);
    expect(out.join('\n')).toMatch(
      /^KEY +OWNER +KIND +ROLE +STATE .*\n0a1b2c3d4e5f +ana +person +sre +active +2026-11-29 12:00:00$/,
    );
  });

  it('makes one, and has nothing but the key on stdout', async () => {
    server.answer = { status: 200, body: { dry_run: false, key_id: '0a1b2c3d4e5f', api_key: KEY, position: '4' } };
    expect(await run('keys', 'create', '--owner', 'ana', '--role', 'sre', '--reason', 'on call')).toBe(0);
    const body = { owner: 'ana', role: 'sre', kind: 'person', reason: 'on call', dry_run: false };
    expect(server.asked).toEqual([{ line: 'POST /api/keys', key: 'Bearer zt_mine', type: 'application/json', body }]);
    expect(out).toEqual([KEY]);
    expect(notes.join()).toContain('shown only now');
  });

  it('only says what it would make', async () => {
    server.answer = { status: 200, body: { dry_run: true, key_id: null, api_key: null, position: '4' } };
    const args = ['--owner', 'ana', '--role', 'sre', '--expires-at', '2027-01-01T00:00:00Z', '--reason', 'x', '--dry-run'];
    expect(await run('keys', 'create', ...args)).toBe(0);
    expect(server.asked[0]?.body).toMatchObject({ dry_run: true, expires_at: '2027-01-01T00:00:00Z' });
    expect([out, notes]).toEqual([[], ['a key for ana would be made; nothing was stored']]);
  });

  it('revokes one, and says it to programs too', async () => {
    server.answer = { status: 200, body: { dry_run: false, key_id: '0a1b2c3d4e5f', changed: true, position: '5' } };
    expect(await run('keys', 'revoke', '0a1b2c3d4e5f', '--reason', 'lost')).toBe(0);
    expect(server.asked[0]).toMatchObject({
      line: 'POST /api/keys/0a1b2c3d4e5f/revoke',
      body: { reason: 'lost', dry_run: false },
    });
    expect(notes).toEqual(['key 0a1b2c3d4e5f is revoked']);
    expect(await run('keys', 'revoke', '0a1b2c3d4e5f', '--reason', 'lost', '-o', 'csv')).toBe(0);
    expect(out).toEqual(['key_id,changed,dry_run,position', '0a1b2c3d4e5f,true,false,5']);
  });

  it.each([
    [401, 'not-authenticated', 4],
    [403, 'role-missing', 4],
    [409, 'last-admin-key', 6],
    [404, 'key-not-found', 3],
  ])('ends a %d as the exit codes say', async (status, code, exitCode) => {
    server.answer = { status, body: { status, detail: 'no', code, remediation: 'Ask.' } };
    expect(await run('keys', 'revoke', 'x', '--reason', 'lost')).toBe(exitCode);
    expect(notes).toEqual([`error: no [${code}]`, 'next:  Ask.']);
  });

  it.each([
    ['no reason', ['keys', 'revoke', 'x']],
    ['no owner', ['keys', 'create', '--role', 'sre', '--reason', 'x']],
    ['a role that is none', ['keys', 'create', '--owner', 'a', '--role', 'root', '--reason', 'x']],
  ])('asks nothing with %s', async (_what, args) => {
    expect(await run(...args)).toBe(2);
    expect(server.asked).toEqual([]);
  });

  it('sends the key to the stream of events as well', async () => {
    server.answer = { status: 403, body: { status: 403, detail: 'no', code: 'role-missing', remediation: 'Ask.' } };
    expect(await run('tail', '--since', '0')).toBe(4);
    expect(server.asked[0]).toMatchObject({ line: 'GET /api/events/stream', key: 'Bearer zt_mine' });
  });
});
