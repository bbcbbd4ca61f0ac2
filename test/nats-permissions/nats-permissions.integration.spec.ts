import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect, errors, type NatsConnection } from '@nats-io/transport-node';
import {
  AGENT_CLASSES,
  type AgentAddress,
  agentInboxPrefix,
  computeAgentPermissions,
  computeFeedReaderPermissions,
  computeOrchestratorPermissions,
  FEED_READER,
} from '#libs/contracts';
import { commandConsumer, Provisioner } from '#libs/messaging';
import { startTestNats, type TestNats, waitUntil } from '#libs/testing';
import { computeTable, OTHER, type Role, type Row, TENANT } from './permission-table.ts';

/** Understood by no call, so that what is let through is answered and changes nothing. */
const BODY = 'x';
const AGENTS = AGENT_CLASSES.map((agentClass): AgentAddress => ({ tenant: TENANT, agentClass, agentId: `${agentClass}-agent` }));
/** Whose subjects are its own for a user that is no agent. */
const reader: AgentAddress = { tenant: TENANT, agentClass: 'service', agentId: FEED_READER };
const orchestrator: AgentAddress = { tenant: TENANT, agentClass: 'service', agentId: 'orchestrator' };

const USERS: readonly (readonly [user: string, role: Role, own: AgentAddress, inbox: string])[] = [
  ...AGENTS.map((own) => [own.agentId, 'agent', own, agentInboxPrefix(own.agentId)] as const),
  [FEED_READER, 'feed-reader', reader, agentInboxPrefix(FEED_READER)],
  ['orchestrator', 'orchestrator', orchestrator, '_INBOX'],
];

type Words = Record<string, 'let through' | 'refused'>;
const expectedOf = (rows: readonly Row[], role: Role, what: 'publish' | 'subscribe'): Words =>
  Object.fromEntries(rows.map((row) => [row.subject, row[what]?.includes(role) === true ? 'let through' : 'refused']));
const wordsOf = (rows: readonly Row[], refused: ReadonlySet<string>): Words =>
  Object.fromEntries(rows.map(({ subject }) => [subject, refused.has(subject) ? 'refused' : 'let through']));
const listAllowed = (words: Words): string[] => Object.keys(words).filter((subject) => words[subject] === 'let through');

/** What the server refused is told to the client a little later. */
async function expectWords(rows: readonly Row[], refused: ReadonlySet<string>, expected: Words): Promise<void> {
  const due = rows.length - listAllowed(expected).length;
  await waitUntil(() => refused.size >= due, { withinMs: 2_000 }).catch(() => undefined);
  expect(wordsOf(rows, refused)).toEqual(expected);
}

let nats: TestNats;
let administrator: NatsConnection;
/** What arrived in the main account. */
let seen: string[];

beforeAll(async () => {
  nats = await startTestNats({ tenant: TENANT, agents: [...AGENTS, OTHER] });
  const provisioner = new Provisioner({ link: await nats.connectOrchestrator(), tenant: TENANT, log: () => {} });
  for (const { agentId } of [...AGENTS, OTHER]) await provisioner.addConsumer(commandConsumer(TENANT, agentId));
  administrator = await nats.connectRaw('administrator');
  seen = [];
  administrator.subscribe('>', { callback: (_error, { subject }) => void seen.push(subject) });
  await administrator.flush();
});
afterAll(() => nats.stop());

/** A connection, and the subjects on which the server has refused it. */
async function open(user: string, inbox: string): Promise<{ connection: NatsConnection; refused: Set<string> }> {
  const connection = await nats.connectRaw(user, inbox);
  const refused = new Set<string>();
  void (async () => {
    for await (const { type, ...status } of connection.status()) {
      const error = type === 'error' && 'error' in status ? status.error : undefined;
      if (error instanceof errors.PermissionViolationError) refused.add(error.subject);
    }
  })();
  return { connection, refused };
}

describe.each(USERS)('%s', (user, role, own, inbox) => {
  it('publishes where it may, which arrives, and nowhere else', async () => {
    const rows = computeTable(own).filter(({ publish }) => publish !== undefined);
    const expected = expectedOf(rows, role, 'publish');
    const { connection, refused } = await open(user, inbox);
    seen.length = 0;
    for (const { subject } of rows) connection.publish(subject, BODY, { reply: `${inbox}.answer` });
    await connection.flush();
    await expectWords(rows, refused, expected);
    const allowed = listAllowed(expected);
    await waitUntil(() => allowed.every((subject) => seen.includes(subject)));
    await administrator.flush();
    expect(rows.map(({ subject }) => subject).filter((subject) => seen.includes(subject) && refused.has(subject))).toEqual([]);
  });

  it('hears what it may, and nothing else', async () => {
    const rows = computeTable(own);
    const expected = expectedOf(rows, role, 'subscribe');
    const { connection, refused } = await open(user, inbox);
    const heard = new Set<string>();
    for (const { subject } of rows) {
      connection.subscribe(subject, { callback: (error, message) => void (error === null && heard.add(message.subject)) });
    }
    await connection.flush();
    await expectWords(rows, refused, expected);
    const isPlain = (subject: string): boolean => subject.startsWith('zt.') && !/[*>]/.test(subject);
    const said = rows.map(({ subject }) => subject).filter(isPlain);
    for (const subject of said) administrator.publish(subject, BODY);
    const due = listAllowed(expected).filter(isPlain);
    await waitUntil(() => due.every((subject) => heard.has(subject)));
    await connection.flush();
    expect([...heard].filter(isPlain).toSorted()).toEqual(due.toSorted());
  });
});

describe('nobody', () => {
  it('gets in without a credential', async () => {
    await expect(connect({ servers: nats.url, timeout: 2_000 })).rejects.toThrow(/Authorization Violation/i);
  });
});

describe('the table', () => {
  /** As a NATS server matches: `*` is one token, `>` the rest. */
  const covers = (pattern: string, subject: string): boolean =>
    new RegExp(
      `^${pattern
        .replaceAll(/[.$]/g, String.raw`\$&`)
        .replaceAll('*', '[^.]+')
        .replace(/>$/, '.+')}$`,
    ).test(subject);

  it.each(USERS)('tries everything that the allow-lists of %s name', (_user, role, own) => {
    const lists = {
      agent: computeAgentPermissions(own),
      'feed-reader': computeFeedReaderPermissions(TENANT),
      orchestrator: computeOrchestratorPermissions(TENANT),
    }[role];
    const rows = computeTable(own);
    const untried = (what: 'publish' | 'subscribe'): string[] =>
      lists[what].filter((pattern) => !rows.some((row) => row[what]?.includes(role) === true && covers(pattern, row.subject)));
    expect([...untried('publish'), ...untried('subscribe')]).toEqual([]);
  });
});
