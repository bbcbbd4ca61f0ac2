import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import {
  agentSubject,
  type ApprovalList,
  canonicalJson,
  type Command,
  everyCommandSubject,
  type JsonObject,
  type PendingApproval,
  type Problem,
} from '#libs/contracts';
import { waitUntil } from '#libs/testing';
import { buildErrorReported, buildWireError } from '../../../test/builders/incident-builder.ts';
import { ask, createKey, idOfKey, type Sent } from '../../../test/builders/key-ring.ts';
import { readWhole, store } from '../../../test/builders/log-builder.ts';
import { RunningOrchestrator } from '../../../test/builders/running-orchestrator.ts';
import { logStreams } from '../../platform/log/stream-names.ts';

const SERVICES = ['waiting', 'other', 'used', 'own', 'expired'] as const;
type Service = (typeof SERVICES)[number];
type Verb = 'approve' | 'reject';
/** Who asks, and from where. */
type Caller = Pick<Sent, 'key' | 'headers'>;

const VERBS: readonly Verb[] = ['approve', 'reject'];
const AGENT = { tenant: 'test', agentClass: 'service', agentId: 'memory-agent' } as const;

let dir: string;
let orchestrator: RunningOrchestrator;
const pending = new Map<string, PendingApproval>();
/** The valid request that was taken in once, byte for byte. */
let recorded: string;
const callers = new Map<string, Caller>();
/** What came to the agent. */
const commands: Command[] = [];

const callerOf = (name: string): Caller => callers.get(name) ?? {};
const pendingOf = (service: Service): PendingApproval => {
  const found = pending.get(service);
  if (found === undefined) throw new Error(`nothing waits for ${service}`);
  return found;
};
const hash = (action: object): string =>
  createHash('sha256')
    .update(canonicalJson(action as JsonObject))
    .digest('hex');

/** As the service ends, and its agent sees it. */
function breakService(service: Service): Promise<void> {
  const report = buildErrorReported({
    target: service,
    fingerprint: `fp@1:${hash({ service }).slice(0, 16)}`,
    error: buildWireError({ source: `backend-${service}` }),
    observed_at: new Date().toISOString(),
  });
  return store(orchestrator.log, logStreams.reports(AGENT.agentId), report);
}

async function setPolicy(settings: object, scope = 'global'): Promise<void> {
  const body = { scope, settings, reason: 'a test' };
  expect((await ask(orchestrator, '/api/policy', { key: orchestrator.adminKey, body })).status).toBe(200);
}

async function listPending(): Promise<PendingApproval[]> {
  const answer = await ask(orchestrator, '/api/approvals', { key: orchestrator.adminKey });
  return [...((await answer.json()) as ApprovalList).items];
}

/** Until persons were asked about all of them, each of which may be over soon. */
async function untilAsked(): Promise<void> {
  await waitUntil(async () => {
    for (const item of await listPending()) pending.set(item.action.target, item);
    return pending.size === SERVICES.length;
  });
}

async function signIn(key: string): Promise<Caller> {
  const answer = await ask(orchestrator, '/api/session', { body: { key } });
  return { headers: { cookie: (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '' } };
}

async function makeCallers(): Promise<void> {
  const persons = { ada: 'sre', bob: 'sre', root: 'admin', ann: 'analyst', vic: 'viewer' } as const;
  for (const [owner, role] of Object.entries(persons)) {
    const key = await createKey(orchestrator, { owner, role });
    callers.set(owner, { key }).set(`${owner}'s session`, await signIn(key));
  }
  callers.set("ada's other key", { key: await createKey(orchestrator, { owner: 'ada', role: 'sre' }) });
  callers.set('an agent', { key: await createKey(orchestrator, { owner: 'browsers', kind: 'ingest' }) });
  const revoked = await createKey(orchestrator, { owner: 'gone', role: 'sre' });
  await ask(orchestrator, `/api/keys/${idOfKey(revoked)}/revoke`, { key: orchestrator.adminKey, body: { reason: 'test' } });
  callers.set('a revoked key', { key: revoked }).set('a made-up key', { key: 'zt_made_up' }).set('nobody', {});
}

async function listen(): Promise<void> {
  const listening = await orchestrator.nats.connectRaw('administrator');
  listening.subscribe(everyCommandSubject(AGENT.tenant), {
    callback: (_error, message) => {
      commands.push(message.json<Command>());
    },
  });
  await listening.flush();
}

const answer = (service: Service, verb: Verb, sent: Sent): Promise<Response> =>
  ask(orchestrator, `/api/fixes/${pendingOf(service).fix_id}/${verb}`, sent);

const bodyFor = (service: Service, over: object = {}): string =>
  JSON.stringify({ action_sha256: pendingOf(service).action_sha256, reason: 'I looked at it', ...over });

const countOf = async (type: string): Promise<number> =>
  (await readWhole(orchestrator.log)).filter((event) => event.type === type).length;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'zantara-approvals-'));
  const services = SERVICES.map((id) => ({
    id,
    probe_url: 'http://127.0.0.1:1/health',
    owner_agent: AGENT.agentId,
    single_replica: true,
    autonomy: 'ask',
  }));
  writeFileSync(join(dir, 'catalogue.yaml'), stringify({ agents: [{ id: AGENT.agentId, class: 'service' }], services }));
  orchestrator = await RunningOrchestrator.start({ ANONYMOUS_ROLE: 'none', CATALOGUE_FILE: join(dir, 'catalogue.yaml') });
  await makeCallers();
  await listen();
  // All of them fail at once, which is a storm to the guards.
  await setPolicy({ storm_share: 1, blast_radius_share: 1 });
  await setPolicy({ approval_ttl_ms: 3_000 }, 'service:expired');
  for (const service of SERVICES) await breakService(service);
  await untilAsked();
  recorded = bodyFor('used');
  expect((await answer('used', 'approve', { ...callerOf('ada'), body: recorded })).status).toBe(200);
  const { fix_id, action, action_sha256, expires_at } = pendingOf('own');
  const asked = { fix_id, action, action_sha256, expires_at, approver_roles: ['sre', 'admin'], persons_required: 1 };
  await store(orchestrator.log, logStreams.fix(fix_id), {
    type: 'ApprovalRequested',
    data: { ...asked, requested_by: 'person:ada' },
  });
  await waitUntil(async () => !(await listPending()).some((item) => item.action.target === 'expired'));
  await waitUntil(() => commands.length === 1);
}, 120_000);
afterAll(async () => {
  await orchestrator.stop();
  rmSync(dir, { recursive: true, force: true });
});

interface Case {
  what: string;
  service: Service;
  verb: Verb;
  caller: string;
  /** From when it is asked. */
  body: () => string;
  headers?: Record<string, string>;
  refusal: [status: number, code: string];
}

const of = (callerNames: readonly string[], verbs: readonly Verb[], make: (caller: string, verb: Verb) => Case): Case[] =>
  callerNames.flatMap((caller) => verbs.map((verb) => make(caller, verb)));

const replayed = of(['ada', "ada's other key", 'bob', 'root', "ada's session", "bob's session"], VERBS, (caller, verb) => ({
  what: 'replayed',
  service: 'used',
  verb,
  caller,
  body: () => recorded,
  refusal: [409, 'nothing-to-approve'],
}));

const expired = of(['ada', 'bob', 'root', "bob's session"], VERBS, (caller, verb) => ({
  what: 'expired',
  service: 'expired',
  verb,
  caller,
  body: () => bodyFor('expired'),
  refusal: [409, 'approval-expired'],
}));

const CHANGES: Record<string, () => string> = {
  'other parameters': () => hash({ ...pendingOf('waiting').action, parameters: { force: true } }),
  'another strategy': () => hash({ ...pendingOf('waiting').action, strategy: 'restart/recycle-pool' }),
  'another target': () => hash({ ...pendingOf('waiting').action, target: 'other' }),
  'another agent': () => hash({ ...pendingOf('waiting').action, agent_id: 'other-agent' }),
  'the action of another fix': () => pendingOf('other').action_sha256,
  'one digit changed': () => pendingOf('waiting').action_sha256.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')),
};
const changed = Object.entries(CHANGES).flatMap(([what, change]) =>
  of(['ada', "bob's session"], ['approve'], (caller, verb) => ({
    what,
    service: 'waiting',
    verb,
    caller,
    body: () => bodyFor('waiting', { action_sha256: change() }),
    refusal: [409, 'action-changed'],
  })),
);

const selfApproved = [false, true].flatMap((isDryRun) =>
  of(['ada', "ada's other key", "ada's session"], ['approve'], (caller, verb) => ({
    what: isDryRun ? 'own request, tried' : 'own request',
    service: 'own',
    verb,
    caller,
    body: () => bodyFor('own', { dry_run: isDryRun }),
    refusal: [409, 'own-request'],
  })),
);

const FOREIGN: Record<string, string>[] = [
  { origin: 'https://evil.example' },
  { origin: 'null' },
  { origin: 'http://127.0.0.1:1' },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site' },
  { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' },
];
const crossSite = FOREIGN.flatMap((headers) =>
  of(["ada's session"], VERBS, (caller, verb) => ({
    what: `from ${JSON.stringify(headers)}`,
    service: 'waiting',
    verb,
    caller,
    body: () => bodyFor('waiting'),
    headers,
    refusal: [403, 'cross-site-refused'],
  })),
);

const MAY_NOT: [caller: string, verbs: readonly Verb[], refusal: Case['refusal']][] = [
  ['vic', VERBS, [403, 'role-missing']],
  ['ann', VERBS, [403, 'role-missing']],
  ["ann's session", ['approve'], [403, 'role-missing']],
  ['an agent', VERBS, [403, 'ingest-key-refused']],
  ['a revoked key', ['approve'], [401, 'key-revoked']],
  ['a made-up key', ['approve'], [401, 'key-unknown']],
  ['nobody', ['approve'], [401, 'not-authenticated']],
];
const unauthorised = MAY_NOT.flatMap(([name, verbs, refusal]) =>
  of([name], verbs, (caller, verb) => ({
    what: 'not allowed to',
    service: 'waiting',
    verb,
    caller,
    body: () => bodyFor('waiting'),
    refusal,
  })),
);

const cases = [...replayed, ...expired, ...changed, ...selfApproved, ...crossSite, ...unauthorised];

describe('an answer to what waits for persons', () => {
  it('is tried in sixty wrong ways', () => {
    expect(cases).toHaveLength(60);
  });

  it.each(cases.map((one) => [one.what, one.verb, one.caller, one] as const))(
    '%s: %s by %s is refused, and nothing is done',
    async (_what, _verb, _caller, { service, verb, caller, body, headers, refusal }) => {
      const before = await countOf('ApprovalGranted');
      const who = callerOf(caller);
      const refused = await answer(service, verb, { ...who, headers: { ...who.headers, ...headers }, body: body() });
      expect([refused.status, ((await refused.json()) as Problem).code]).toEqual(refusal);
      expect([before, await countOf('FixCommanded'), commands.length]).toEqual([1, 1, 1]);
      expect(await countOf('ApprovalRejected')).toBe(0);
    },
  );

  it('counts when it is right: its very action is commanded, with who allowed it, and carried out', async () => {
    expect((await listPending()).map(({ action }) => action.target).toSorted()).toEqual(['other', 'own', 'waiting']);
    const granted = await answer('waiting', 'approve', { ...callerOf("bob's session"), body: bodyFor('waiting') });
    expect(await granted.json()).toMatchObject({ state: 'commanded', dry_run: false });
    await waitUntil(() => commands.length === 2);
    const command = commands[1];
    expect(command).toMatchObject({
      target: { service_id: 'waiting' },
      parameters: pendingOf('waiting').action.parameters,
      approvals: [{ actor: 'person:bob' }],
    });
    const agent = await orchestrator.nats.connectAgent(AGENT.agentId);
    for (const phase of ['acknowledged', 'succeeded']) {
      const result = { v: 1, agent_id: AGENT.agentId, command_id: command?.command_id, phase };
      agent.send({ subject: agentSubject(AGENT, 'result'), body: Buffer.from(JSON.stringify(result)) });
    }
    await waitUntil(async () => (await countOf('FixExecuted')) === 1);
  });
});
