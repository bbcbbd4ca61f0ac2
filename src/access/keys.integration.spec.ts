import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ApiKeyPage, CreatedApiKey, Identity, Problem, RevokedApiKey, Session } from '#libs/contracts';
import { waitUntil } from '#libs/testing';
import { store } from '../../test/builders/log-builder.ts';
import { ask, createKey, idOfKey, type Sent } from '../../test/builders/key-ring.ts';
import { RunningOrchestrator } from '../../test/builders/running-orchestrator.ts';
import { logStreams } from '../platform/log/stream-names.ts';

let orchestrator: RunningOrchestrator;
let admin: string;

const send = (path: string, sent: Sent = {}): Promise<Response> => ask(orchestrator, path, sent);
const readJson = async <T>(answer: Response): Promise<T> => (await answer.json()) as T;
const whoami = async (sent: Sent): Promise<Identity> => readJson(await send('/api/whoami', sent));
const codeOf = async (answer: Response): Promise<[number, string]> => [answer.status, (await readJson<Problem>(answer)).code];
const countStored = async (): Promise<number> => (await orchestrator.log.store.readStream(logStreams.access)).length;

async function signIn(key: string): Promise<{ session: Session; cookie: string; header: string }> {
  const answer = await send('/api/session', { body: { key } });
  const header = answer.headers.get('set-cookie') ?? '';
  return { session: await readJson<Session>(answer), cookie: header.split(';')[0] ?? '', header };
}

beforeAll(async () => {
  orchestrator = await RunningOrchestrator.start({ ANONYMOUS_ROLE: 'none', ALLOWED_HOSTS: 'zantara.example.org' });
  admin = orchestrator.adminKey;
}, 60_000);
afterAll(() => orchestrator.stop());

describe('API keys', () => {
  it('are told once, and neither they nor their hashes ever again', async () => {
    const before = await countStored();
    const created = await readJson<CreatedApiKey>(
      await send('/api/keys', { key: admin, body: { owner: 'ana.b', role: 'sre', reason: 'on call' } }),
    );
    expect(created).toMatchObject({ dry_run: false, key_id: idOfKey(String(created.api_key)) });
    const answer = await send('/api/keys', { key: admin });
    const text = await answer.text();
    const [newest] = (JSON.parse(text) as ApiKeyPage).items;
    expect(newest).toMatchObject({ key_id: created.key_id, owner: 'ana.b', role: 'sre', state: 'active', revoked_at: null });
    expect(text).not.toContain('sha256');
    expect(text).not.toContain(String(created.api_key));
    const events = await orchestrator.log.store.readStream(logStreams.access);
    expect(events).toHaveLength(before + 1);
    expect(events.at(-1)).toMatchObject({
      type: 'ApiKeyCreated',
      metadata: { actor: 'person:admin' },
      data: { reason: 'on call' },
    });
    expect(JSON.stringify(events)).not.toContain(String(created.api_key).slice(16));
    expect(await whoami({ key: String(created.api_key) })).toMatchObject({ by: 'key', owner: 'ana.b', role: 'sre' });
  });

  it('are not made nor revoked in a dry run', async () => {
    const key = await createKey(orchestrator, { owner: 'dry', role: 'viewer' });
    const before = await countStored();
    const body = { owner: 'dry', role: 'viewer', reason: 'try', dry_run: true };
    expect(await readJson(await send('/api/keys', { key: admin, body }))).toMatchObject({
      dry_run: true,
      api_key: null,
      key_id: null,
    });
    const revoked = await send(`/api/keys/${idOfKey(key)}/revoke`, { key: admin, body: { reason: 'try', dry_run: true } });
    expect(await readJson<RevokedApiKey>(revoked)).toMatchObject({ dry_run: true, changed: true });
    expect(await countStored()).toBe(before);
    expect((await whoami({ key })).owner).toBe('dry');
  });

  it.each([
    ['no reason', { owner: 'a', role: 'sre' }, 'reason'],
    ['an empty reason', { owner: 'a', role: 'sre', reason: '  ' }, 'reason'],
    ['no role', { owner: 'a', reason: 'x' }, 'role'],
    ['an ingest key with a role', { owner: 'a', kind: 'ingest', role: 'sre', reason: 'x' }, 'role'],
    ['a role that is none', { owner: 'a', role: 'root', reason: 'x' }, 'role'],
    ['an owner that is none', { owner: 'Ana B', role: 'sre', reason: 'x' }, 'owner'],
    ['an end that is no time', { owner: 'a', role: 'sre', reason: 'x', expires_at: 'tomorrow' }, 'expires_at'],
    ['what nobody knows', { owner: 'a', role: 'sre', reason: 'x', surprise: 1 }, 'surprise'],
    ['nothing', {}, 'owner'],
    ['a list', [], 'the body'],
  ])('are not made of %s', async (_what, body, named) => {
    const answer = await send('/api/keys', { key: admin, body });
    expect(answer.status).toBe(400);
    expect((await readJson<Problem>(answer)).detail).toContain(named);
  });

  it('are not made with an end that is over', async () => {
    const body = { owner: 'a', role: 'sre', reason: 'x', expires_at: '2020-01-01T00:00:00Z' };
    expect(await codeOf(await send('/api/keys', { key: admin, body }))).toEqual([400, 'expiry-past']);
  });

  it('are revoked at once, and only once', async () => {
    const key = await createKey(orchestrator, { owner: 'ben', role: 'admin' });
    const path = `/api/keys/${idOfKey(key)}/revoke`;
    expect(await readJson(await send(path, { key: admin, body: { reason: 'lost' } }))).toMatchObject({ changed: true });
    expect(await codeOf(await send('/api/whoami', { key }))).toEqual([401, 'key-revoked']);
    expect(await readJson(await send(path, { key: admin, body: { reason: 'again' } }))).toMatchObject({ changed: false });
  });

  it('are revoked within a second or two by another orchestrator', async () => {
    const key = await createKey(orchestrator, { owner: 'cid', role: 'viewer' });
    await whoami({ key });
    await store(orchestrator.log, logStreams.access, {
      type: 'ApiKeyRevoked',
      data: { key_id: idOfKey(key), reason: 'elsewhere' },
    });
    await waitUntil(async () => (await send('/api/whoami', { key })).status === 401, { withinMs: 2_000 });
  });

  it('that are revoked are cut off from the log that they follow', async () => {
    const key = await createKey(orchestrator, { owner: 'fay', role: 'viewer' });
    const following = await send('/api/events/stream', { key });
    expect(following.status).toBe(200);
    await send(`/api/keys/${idOfKey(key)}/revoke`, { key: admin, body: { reason: 'lost' } });
    expect(await following.text()).toContain('event: log-id');
  });

  it('that nobody made are not found, and the last one of an admin is kept', async () => {
    const body = { reason: 'x' };
    expect(await codeOf(await send('/api/keys/000000000000/revoke', { key: admin, body }))).toEqual([404, 'key-not-found']);
    expect(await codeOf(await send(`/api/keys/${idOfKey(admin)}/revoke`, { key: admin, body }))).toEqual([409, 'last-admin-key']);
  });

  it('are taken only as what they are', async () => {
    const answers = ['bearer', 'BEARER'].map((scheme) =>
      send('/api/whoami', { headers: { authorization: `${scheme} ${admin}` } }),
    );
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200]);
    for (const authorization of [admin, `Basic ${admin}`, `Bearer ${admin} ${admin}`])
      expect(await codeOf(await send('/api/whoami', { headers: { authorization } }))).toEqual([401, 'key-unknown']);
  });

  it.each(['Basic eDp5', 'Bearer', 'Bearer  ', 'zt_', 'Bearer zt_0a1b2c3d4e5f_'])(
    'are not what "%s" names',
    async (authorization) => {
      const answer = await send('/api/whoami', { headers: { authorization } });
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="zantara", error="invalid_token"');
      expect(await codeOf(answer)).toEqual([401, 'key-unknown']);
    },
  );
});

describe('a session', () => {
  it('does what its key does, for the page alone and no longer than twelve hours', async () => {
    const key = await createKey(orchestrator, { owner: 'dora', role: 'analyst' });
    const { session, cookie, header } = await signIn(key);
    expect(session).toMatchObject({ owner: 'dora', role: 'analyst' });
    expect((Date.parse(session.expires_at) - Date.now()) / 3_600_000).toBeCloseTo(12, 1);
    expect(header).toMatch(/^zantara_session=[^;]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict$/);
    expect(header).not.toContain(key);
    expect(await whoami({ headers: { cookie } })).toMatchObject({ by: 'session', owner: 'dora', role: 'analyst' });
  });

  it('is sent over TLS alone where the page came that way', async () => {
    const origin = 'https://zantara.example.org';
    const headers = { host: 'zantara.example.org', origin, 'content-type': 'application/json' };
    const answer = await orchestrator.app.inject({ method: 'POST', url: '/api/session', headers, payload: { key: admin } });
    expect([answer.statusCode, answer.headers['set-cookie']]).toEqual([200, expect.stringMatching(/; Secure$/)]);
  });

  it('dies with its key, and says so as often as it is asked', async () => {
    const key = await createKey(orchestrator, { owner: 'eve', role: 'viewer' });
    const { cookie } = await signIn(key);
    await send(`/api/keys/${idOfKey(key)}/revoke`, { key: admin, body: { reason: 'lost' } });
    const answer = await send('/api/whoami', { headers: { cookie } });
    // Several requests of a page are under way at once: the reason must not depend on which of them is answered first.
    expect(answer.headers.has('set-cookie')).toBe(false);
    expect(await codeOf(answer)).toEqual([401, 'key-revoked']);
  });

  it('keeps nobody out who could do without, once it counts no longer', async () => {
    const open = await RunningOrchestrator.start({ ANONYMOUS_ROLE: 'viewer' });
    const headers = { cookie: 'zantara_session=of-another-server' };
    expect(await readJson(await ask(open, '/api/whoami', { headers }))).toMatchObject({ by: 'nothing', role: 'viewer' });
    const created = await ask(open, '/api/keys', { headers, body: { owner: 'mal', role: 'admin', reason: 'x' } });
    expect(await codeOf(created)).toEqual([401, 'session-ended']);
    await open.stop();
  });

  it('is none that somebody made up', async () => {
    const { cookie } = await signIn(admin);
    const forged = cookie.replace(/\.\d+\./, `.${Date.now() + 1e9}.`);
    expect(await codeOf(await send('/api/whoami', { headers: { cookie: forged } }))).toEqual([401, 'session-ended']);
  });

  it('is not begun with what is no key, nor in a dry run', async () => {
    expect(await codeOf(await send('/api/session', { body: { key: 'zt_x' } }))).toEqual([401, 'key-unknown']);
    const tried = await send('/api/session', { body: { key: admin, dry_run: true } });
    expect([tried.status, tried.headers.has('set-cookie')]).toEqual([200, false]);
  });

  it('is ended by whoever has it', async () => {
    const answer = await send('/api/session', { method: 'DELETE' });
    expect(answer.headers.get('set-cookie')).toContain('Max-Age=0');
    expect(await readJson(answer)).toEqual({ ended: true });
  });
});

describe('a page of another site', () => {
  const writes = [
    ['POST', '/api/keys', { owner: 'mal', role: 'admin', reason: 'x' }],
    ['POST', '/api/session', { key: 'zt_x' }],
    ['DELETE', '/api/session', undefined],
    ['POST', '/api/nothing', {}],
  ] as const;
  const foreign: Record<string, string>[] = [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: '' },
    { origin: 'http://127.0.0.1:1' },
    { origin: 'http://localhost' },
    { origin: 'http://127.0.0.1.evil.example' },
    { origin: 'file://' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'nonsense' },
  ];

  it.each(writes.flatMap(([method, path, body]) => foreign.map((headers) => [method, path, headers, body] as const)))(
    'can not have %s %s done with %j',
    async (method, path, headers, body) => {
      const before = await countStored();
      const { cookie } = await signIn(admin);
      const answer = await send(path, { method, headers: { ...headers, cookie }, body });
      expect(await codeOf(answer)).toEqual([403, 'cross-site-refused']);
      expect(await countStored()).toBe(before);
    },
  );

  it('is refused also with a foreign origin that claims to be from here', async () => {
    const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' };
    expect(await codeOf(await send('/api/keys', { key: admin, headers, body: {} }))).toEqual([403, 'cross-site-refused']);
  });

  it('is not the page of this server, nor a program', async () => {
    const { cookie } = await signIn(admin);
    const own = { cookie, origin: orchestrator.url, 'sec-fetch-site': 'same-origin' };
    const body = { owner: 'own', role: 'viewer', reason: 'x', dry_run: true };
    for (const sent of [{ headers: own }, { key: admin }, { key: admin, headers: { 'sec-fetch-site': 'none' } }])
      expect((await send('/api/keys', { ...sent, body })).status).toBe(200);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/jsonp', ''])(
    'can not send a command as "%s", as forms do',
    async (type) => {
      const answer = await send('/api/keys', { method: 'POST', key: admin, headers: { 'content-type': type }, body: '{}' });
      expect(await codeOf(answer)).toEqual([415, 'content-type-unsupported']);
    },
  );

  it('is kept from long commands', async () => {
    const body = { owner: 'a', role: 'viewer', reason: 'x'.repeat(70_000) };
    expect((await send('/api/keys', { key: admin, body })).status).toBe(413);
  });
});
