import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { InvalidNameError } from './contracts.errors.ts';
import {
  AGENT_CLASSES,
  agentInboxPrefix,
  agentSubject,
  assertName,
  commandConsumerName,
  commandSubject,
  controlSubject,
  everyAgentSubject,
  everyCommandSubject,
  everySubject,
  FEEDS,
  feedSubject,
  intakeConsumerName,
  JETSTREAM_STREAMS,
  jetStreamName,
  logHeadSubject,
  MESSAGE_KINDS,
  NAME_PATTERN,
  parseAgentSubject,
  receiptSubject,
} from './subject-names.ts';

const name = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,62}$/);
const agent = { tenant: 'main', agentClass: 'service', agentId: 'memory-agent' } as const;

/** As a NATS server matches: `*` is one token. */
const matches = (pattern: string, subject: string): boolean => {
  const [wanted, given] = [pattern.split('.'), subject.split('.')];
  return wanted.length === given.length && wanted.every((token, i) => token === '*' || token === given[i]);
};

describe('subject names', () => {
  it('are those that the protocol names', () => {
    expect(agentSubject(agent, 'report')).toBe('zt.main.service.memory-agent.report');
    expect(commandSubject('main', 'memory-agent')).toBe('zt.main.cmd.memory-agent');
    expect(receiptSubject('main', 'memory-agent')).toBe('zt.main.receipt.memory-agent');
    expect(controlSubject('main')).toBe('zt.main.control');
    expect(logHeadSubject('main')).toBe('zt.main.log.head');
    expect(everySubject('main')).toBe('zt.main.>');
    expect(FEEDS.map((feed) => feedSubject('main', feed))).toEqual([
      'zt.main.feed.errors',
      'zt.main.feed.fixes',
      'zt.main.feed.decisions',
      'zt.main.feed.services',
    ]);
    expect(agentInboxPrefix('memory-agent')).toBe('_INBOX_memory-agent');
  });

  it('are read back to whom they were made for', () => {
    fc.assert(
      fc.property(
        name,
        name,
        fc.constantFrom(...AGENT_CLASSES),
        fc.constantFrom(...MESSAGE_KINDS),
        (tenant, agentId, agentClass, kind) => {
          const subject = agentSubject({ tenant, agentClass, agentId }, kind);
          expect(parseAgentSubject(subject)).toEqual({ tenant, agentClass, agentId, kind });
          expect(matches(everyAgentSubject(tenant, kind), subject)).toBe(true);
        },
      ),
    );
  });

  it.each([
    'zt.main.service.memory-agent',
    'zt.main.robot.memory-agent.report',
    'zt.main.service.memory-agent.report.more',
    'zt.main.service..report',
    'zt.main.service.*.report',
    'zt.main.service.Memory.report',
    'zt.main.cmd.memory-agent',
    'xzt.main.service.memory-agent.report',
    '',
  ])('tell nobody of %p', (subject) => {
    expect(parseAgentSubject(subject)).toBeUndefined();
  });

  it('of commands, receipts and the control state are no agent subject', () => {
    fc.assert(
      fc.property(name, name, (tenant, agentId) => {
        const others = [commandSubject(tenant, agentId), receiptSubject(tenant, agentId), controlSubject(tenant)];
        expect(others.map(parseAgentSubject)).toEqual([undefined, undefined, undefined]);
        const collected = MESSAGE_KINDS.map((kind) => everyAgentSubject(tenant, kind));
        expect(others.filter((subject) => collected.some((pattern) => matches(pattern, subject)))).toEqual([]);
        expect(matches(everyCommandSubject(tenant), commandSubject(tenant, agentId))).toBe(true);
      }),
    );
  });

  it.each(['', '-a', 'A', 'a.b', 'a*', 'a>', 'a b', 'a\n', 'ä', 'x'.repeat(64)])('refuse the name %p', (wrong) => {
    expect(() => assertName('agent id', wrong)).toThrow(InvalidNameError);
    expect(() => commandSubject('main', wrong)).toThrow(InvalidNameError);
    expect(() => agentSubject({ ...agent, tenant: wrong }, 'report')).toThrow(InvalidNameError);
    expect(() => agentInboxPrefix(wrong)).toThrow(InvalidNameError);
  });

  it('take every name that the pattern allows', () => {
    fc.assert(fc.property(name, (good) => NAME_PATTERN.test(good) && assertName('agent id', good) === good));
  });
});

describe('stream names', () => {
  it('hold the tenant in capitals, with underscores', () => {
    expect(jetStreamName('main', 'reports')).toBe('ZT_MAIN_REPORTS');
    expect(jetStreamName('balizero-eu', 'control')).toBe('ZT_BALIZERO_EU_CONTROL');
  });

  it('differ for each stream of a tenant', () => {
    expect(new Set(JETSTREAM_STREAMS.map((stream) => jetStreamName('main', stream))).size).toBe(JETSTREAM_STREAMS.length);
  });

  it('of consumers name the agent, or the stream that is taken in', () => {
    expect(commandConsumerName('memory-agent')).toBe('cmd-memory-agent');
    expect(intakeConsumerName('reports')).toBe('intake-reports');
  });

  it('are refused for what is no name', () => {
    expect(() => jetStreamName('a.b', 'reports')).toThrow(InvalidNameError);
    expect(() => commandConsumerName('*')).toThrow(InvalidNameError);
  });
});
