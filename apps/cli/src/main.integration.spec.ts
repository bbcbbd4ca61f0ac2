import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { VERSION } from './version.ts';

const root = join(import.meta.dirname, '../../..');
let server: Server;
let url: string;

beforeAll(async () => {
  const items = Array.from({ length: 5000 }, (_, index) => ({
    position: String(index + 1),
    event_id: '01a20ad7-f44b-7119-aad7-1cf690596640',
    stream: 's',
    version: 1,
    type: 'TimerSet',
    recorded_at: '2026-10-01T03:00:00.000Z',
    data: { padding: 'x'.repeat(200) },
    metadata: {},
  }));
  const body = JSON.stringify({ items, next_cursor: null, position: '5000' });
  server = createServer((_request, response) => response.end(body)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}, 60_000);

afterAll(() => new Promise((resolve) => server.close(resolve)));

/** As people run it: built when needed, in a process of its own. */
async function zantara(command: string, env: NodeJS.ProcessEnv = {}): Promise<{ code: number; out: string; err: string }> {
  const child = spawn('bash', ['-o', 'pipefail', '-c', command.replaceAll('zantara', 'node scripts/zantara.mjs')], {
    cwd: root,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ZANTARA_URL: url, ...env },
  });
  const [out, err] = [child.stdout, child.stderr].map((stream) => {
    const chunks: string[] = [];
    stream.setEncoding('utf8').on('data', (text: string) => chunks.push(text));
    return chunks;
  });
  await once(child, 'close');
  return { code: child.exitCode ?? -1, out: (out ?? []).join(''), err: (err ?? []).join('') };
}

describe('the built program', () => {
  it('says its version', async () => {
    expect(await zantara('zantara --version')).toMatchObject({ code: 0, out: `${VERSION}\n` });
  }, 120_000);

  it('ends quietly with 0 when nobody reads on', async () => {
    const { code, out, err } = await zantara('zantara events -o jsonl | head -1');
    expect(JSON.parse(out)).toMatchObject({ position: '1' });
    expect({ code, err }).toEqual({ code: 0, err: '' });
  }, 60_000);

  it('writes everything into a pipe, without colour unless it is forced', async () => {
    expect((await zantara('zantara events -o jsonl | wc -l')).out.trim()).toBe('5000');
    expect((await zantara('zantara events')).out).not.toContain('\u001b');
    expect((await zantara('zantara events', { FORCE_COLOR: '1' })).out).toContain('\u001b[');
    expect((await zantara('zantara events', { FORCE_COLOR: '1', NO_COLOR: '1' })).out).not.toContain('\u001b');
  }, 60_000);

  it('takes flags from variables', async () => {
    expect((await zantara('zantara events', { ZANTARA_OUTPUT: 'csv' })).out).toMatch(/^position,recorded_at,type/);
    expect(await zantara('zantara events', { ZANTARA_LIMIT: 'many' })).toMatchObject({ code: 2, out: '' });
    expect(await zantara('zantara services', { ZANTARA_URL: 'http://127.0.0.1:1' })).toMatchObject({ code: 5, out: '' });
  }, 60_000);

  it('gives bash a script that completes', async () => {
    const { out } = await zantara(
      `eval "$(zantara completion bash)"; COMP_WORDS=(z incidents list --sta); COMP_CWORD=3; _"$(printf zanta)ra"; echo "$COMPREPLY"`,
    );
    expect(out).toBe('--state\n');
  }, 60_000);
});
