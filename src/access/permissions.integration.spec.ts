import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { includesRole, type Problem, type Role, ROLES } from '#libs/contracts';
import { type Endpoint, ENDPOINTS } from '#libs/contracts/schemas';
import { store } from '../../test/builders/log-builder.ts';
import { ask, createKey, idOfKey } from '../../test/builders/key-ring.ts';
import { RunningOrchestrator } from '../../test/builders/running-orchestrator.ts';
import { logStreams } from '../platform/log/stream-names.ts';
import { createKeyText, hashKey } from './key-text.ts';

interface Caller {
  key: string | undefined;
  role?: Role;
  /** What the caller is told wherever something is needed. */
  refusal?: { status: number; code: string };
}

let orchestrator: RunningOrchestrator;
const callers = new Map<string, Caller>();

const NAMES = ['nobody', 'garbage', 'stranger', 'ingest', 'revoked', 'expired', ...ROLES];

async function storeExpiredKey(): Promise<string> {
  const { keyId, text } = createKeyText();
  const data = { key_id: keyId, owner: 'late', kind: 'person', role: 'admin', key_sha256: hashKey(text), reason: 'test' };
  const expired = { type: 'ApiKeyCreated', data: { ...data, expires_at: new Date(0).toISOString() } };
  await store(orchestrator.log, logStreams.access, expired);
  return text;
}

beforeAll(async () => {
  orchestrator = await RunningOrchestrator.start({ ANONYMOUS_ROLE: 'none' });
  const expired = await storeExpiredKey();
  callers.set('nobody', { key: undefined, refusal: { status: 401, code: 'not-authenticated' } });
  callers.set('garbage', { key: 'zt_garbage', refusal: { status: 401, code: 'key-unknown' } });
  callers.set('stranger', { key: createKeyText().text, refusal: { status: 401, code: 'key-unknown' } });
  const ingest = await createKey(orchestrator, { owner: 'browsers', kind: 'ingest' });
  callers.set('ingest', { key: ingest, refusal: { status: 403, code: 'ingest-key-refused' } });
  const revoked = await createKey(orchestrator, { owner: 'gone', role: 'admin' });
  await ask(orchestrator, `/api/keys/${idOfKey(revoked)}/revoke`, { key: orchestrator.adminKey, body: { reason: 'test' } });
  callers.set('revoked', { key: revoked, refusal: { status: 401, code: 'key-revoked' } });
  callers.set('expired', { key: expired, refusal: { status: 401, code: 'key-expired' } });
  for (const role of ROLES) callers.set(role, { key: await createKey(orchestrator, { owner: `a-${role}`, role }), role });
}, 60_000);
afterAll(() => orchestrator.stop());

const findCaller = (name: string): Caller => {
  const caller = callers.get(name);
  if (caller === undefined) throw new Error(`nobody is ${name}`);
  return caller;
};

/** What is refused before anything is done: a command without a body that says what is to be done. */
const askAt = ({ method, path }: Endpoint, query: string, key: string | undefined): Promise<Response> =>
  ask(orchestrator, `${path.replaceAll(/\{\w+\}/g, 'x')}${query}`, { method, key, ...(method === 'POST' && { body: {} }) });

async function expectAnswer(answer: Response, caller: Caller, needs: Endpoint['role']): Promise<void> {
  if (includesRole(caller.role, needs)) {
    expect([401, 403, 405, 415]).not.toContain(answer.status);
    await answer.body?.cancel();
    return;
  }
  const { code, remediation } = (await answer.json()) as Problem;
  expect({ status: answer.status, code }).toEqual(caller.refusal ?? { status: 403, code: 'role-missing' });
  expect(remediation).not.toBe('');
  expect(answer.headers.has('www-authenticate')).toBe(answer.status === 401);
  if (caller.key !== undefined) expect(JSON.stringify([code, remediation])).not.toContain(caller.key);
}

const cells = ENDPOINTS.flatMap((endpoint) => NAMES.map((name) => [endpoint.method, endpoint.path, name, endpoint] as const));
const exports = ENDPOINTS.filter(({ exportRole }) => exportRole !== undefined);

describe('who may do what', () => {
  it.each(cells)('%s %s by %s is answered as the list of endpoints says', async (_method, _path, name, endpoint) => {
    const caller = findCaller(name);
    await expectAnswer(await askAt(endpoint, '', caller.key), caller, endpoint.role);
  });

  it.each(exports.flatMap((endpoint) => NAMES.map((name) => [endpoint.path, name, endpoint] as const)))(
    'an export of %s by %s takes an analyst',
    async (_path, name, endpoint) => {
      const caller = findCaller(name);
      for (const format of ['csv', 'ndjson'])
        await expectAnswer(await askAt(endpoint, `?format=${format}`, caller.key), caller, 'analyst');
    },
  );

  it('was asked of lists, of exports and of commands', () => {
    expect(ENDPOINTS.map(({ role }) => role)).toEqual(expect.arrayContaining(['anyone', 'viewer', 'admin']));
    expect(exports.length).toBeGreaterThan(5);
  });
});
