import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { computeAgentPermissions, computeFeedReaderPermissions, computeOrchestratorPermissions } from './agent-permissions.ts';
import { AGENT_CLASSES, agentSubject, commandSubject, MESSAGE_KINDS, receiptSubject } from './subject-names.ts';

const name = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/);
const agentClass = fc.constantFrom(...AGENT_CLASSES);

/** As a NATS server matches an allow-list: `*` is one token, `>` the rest. */
function matches(pattern: string, subject: string): boolean {
  const [wanted, given] = [pattern.split('.'), subject.split('.')];
  for (const [i, token] of wanted.entries()) {
    if (token === '>') return given.length > i;
    if (i >= given.length || (token !== '*' && token !== given[i])) return false;
  }
  return wanted.length === given.length;
}
const allows = (list: readonly string[], subject: string): boolean => list.some((pattern) => matches(pattern, subject));

describe("an agent's permissions", () => {
  it('let it publish what is its own, and hear what is meant for it', () => {
    const agent = { tenant: 'main', agentClass: 'service', agentId: 'memory-agent' } as const;
    const { publish, subscribe } = computeAgentPermissions(agent);
    const own = [
      ...MESSAGE_KINDS.map((kind) => agentSubject(agent, kind)),
      '$JS.API.CONSUMER.MSG.NEXT.ZT_MAIN_COMMANDS.cmd-memory-agent',
      '$JS.ACK.ZT_MAIN_COMMANDS.cmd-memory-agent.1.5.3.1795161300000000000.0',
      '$JS.API.DIRECT.GET.ZT_MAIN_CONTROL.zt.main.control',
    ];
    expect(own.filter((subject) => !allows(publish, subject))).toEqual([]);
    const heard = ['zt.main.receipt.memory-agent', 'zt.main.control', '_INBOX_memory-agent.abc.1'];
    expect(heard.filter((subject) => !allows(subscribe, subject))).toEqual([]);
  });

  it('hold no wildcard but in the acknowledgements of its own consumer and in its own inbox', () => {
    const { publish, subscribe } = computeAgentPermissions({ tenant: 'main', agentClass: 'service', agentId: 'a' });
    const wild = [...publish, ...subscribe].filter((subject) => /[*>]/.test(subject));
    expect(wild).toEqual(['$JS.ACK.ZT_MAIN_COMMANDS.cmd-a.>', '_INBOX_a.>']);
  });

  it("never reach another agent's subjects, whatever the two are called", () => {
    fc.assert(
      fc.property(name, agentClass, name, agentClass, (id, ownClass, otherId, otherClass) => {
        fc.pre(id !== otherId);
        const tenant = 'main';
        const { publish, subscribe } = computeAgentPermissions({ tenant, agentClass: ownClass, agentId: id });
        const other = { tenant, agentClass: otherClass, agentId: otherId };
        const foreign = [
          ...MESSAGE_KINDS.map((kind) => agentSubject(other, kind)),
          ...computeAgentPermissions(other).publish.filter((subject) => subject.includes('cmd-')),
          commandSubject(tenant, otherId),
          receiptSubject(tenant, otherId),
        ];
        expect(foreign.filter((subject) => allows(publish, subject))).toEqual([]);
        const heard = [commandSubject(tenant, otherId), receiptSubject(tenant, otherId), `_INBOX_${otherId}.x`];
        expect(heard.filter((subject) => allows(subscribe, subject))).toEqual([]);
      }),
    );
  });

  it('never reach a command, its own neither: it may only be pulled', () => {
    const { publish, subscribe } = computeAgentPermissions({ tenant: 'main', agentClass: 'service', agentId: 'a' });
    expect(allows(publish, commandSubject('main', 'a'))).toBe(false);
    expect(allows(subscribe, commandSubject('main', 'a'))).toBe(false);
    expect(allows(publish, 'zt.main.control')).toBe(false);
  });

  it('do not let it speak as another class', () => {
    const { publish } = computeAgentPermissions({ tenant: 'main', agentClass: 'browser', agentId: 'a' });
    expect(allows(publish, agentSubject({ tenant: 'main', agentClass: 'service', agentId: 'a' }, 'report'))).toBe(false);
  });
});

describe("a feed reader's permissions", () => {
  const { publish, subscribe, account } = computeFeedReaderPermissions('main');

  it('let it hear the feeds and ask for what is in their stream, in an account of its own', () => {
    const heard = ['zt.main.feed.errors', 'zt.main.feed.services', '_INBOX_feed-reader.abc.1'];
    expect(heard.filter((subject) => !allows(subscribe, subject))).toEqual([]);
    expect(publish).toEqual([
      '$JS.API.DIRECT.GET.ZT_MAIN_FEED',
      '$JS.API.DIRECT.GET.ZT_MAIN_FEED.zt.main.feed.errors',
      '$JS.API.DIRECT.GET.ZT_MAIN_FEED.zt.main.feed.fixes',
      '$JS.API.DIRECT.GET.ZT_MAIN_FEED.zt.main.feed.decisions',
      '$JS.API.DIRECT.GET.ZT_MAIN_FEED.zt.main.feed.services',
    ]);
    expect(account).toBe('feed-reader-main');
  });

  it('let it make no consumer, for which it would have to be in the account of the stream', () => {
    const consumer = ['CREATE.ZT_MAIN_FEED', 'CREATE.ZT_MAIN_FEED.mine', 'DURABLE.CREATE.ZT_MAIN_FEED.mine'];
    expect(consumer.filter((call) => allows(publish, `$JS.API.CONSUMER.${call}`))).toEqual([]);
  });

  it('let it publish into no feed and hear nothing else', () => {
    expect(publish.filter((subject) => subject.startsWith('zt.'))).toEqual([]);
    const foreign = ['zt.main.control', 'zt.main.log.head', 'zt.other.feed.errors'];
    expect(foreign.filter((subject) => allows(subscribe, subject))).toEqual([]);
  });
});

describe("an orchestrator's permissions", () => {
  it('end at its tenant', () => {
    const { publish, subscribe } = computeOrchestratorPermissions('main');
    expect(allows(publish, 'zt.main.cmd.a') && allows(subscribe, 'zt.main.service.a.report')).toBe(true);
    expect(allows(publish, 'zt.other.cmd.a') || allows(subscribe, 'zt.other.service.a.report')).toBe(false);
  });
});
