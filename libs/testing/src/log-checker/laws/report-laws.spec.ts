import { describe, expect, it } from '@jest/globals';
import { checkLog } from '../check-log.ts';
import type { AgentLedger, CheckOptions, LedgerReport } from '../evidence.ts';
import { report, tell, type ToldEvent } from '../story-builder.ts';

const ledger = (...reports: LedgerReport[]): AgentLedger => ({ agentId: 'agent', reports, effects: [] });
const receipted = (reportId: string): LedgerReport => ({ reportId, receipted: true });
const pending = (reportId: string): LedgerReport => ({ reportId, receipted: false });

const codesOf = (story: readonly ToldEvent[], agent: AgentLedger, options: CheckOptions = {}): string[] =>
  checkLog(tell(story, { ledgers: [agent], options })).map(({ code, ids }) => `${code} ${ids.join()}`);

const deadLetter = (data: Record<string, string> = {}): ToldEvent => [
  'dead-letters',
  'MessageDeadLettered',
  {
    subject: 'zt.t.service.agent.report',
    reason_code: 'invalid-report',
    reason: 'wrong type',
    original_sha256: 'ab',
    body: '{"error":{"id":"r1"}}',
    ...data,
  },
];

describe('the law of reports', () => {
  it('finds a receipted report that is not stored', () => {
    expect(codesOf([report('r1')], ledger(receipted('r1'), receipted('r2')))).toEqual(['report-lost agent/r2']);
  });

  it('waits for a report without a receipt, unless every one had time to arrive', () => {
    const agent = ledger(receipted('r1'), pending('r2'));
    expect(codesOf([report('r1')], agent)).toEqual([]);
    expect(codesOf([report('r1')], agent, { everyReport: true })).toEqual(['report-lost agent/r2']);
  });

  it('counts a report that was refused with a stored reason as not lost', () => {
    expect(codesOf([deadLetter()], ledger(receipted('r1')))).toEqual([]);
    expect(codesOf([deadLetter()], ledger(receipted('r1')), { everyReport: true })).toEqual(['report-lost agent/r1']);
  });

  it('wants a dead letter, and nothing stored, of what can not be taken in', () => {
    const broken = ledger({ ...receipted('r1'), isBroken: true });
    expect(codesOf([deadLetter()], broken, { everyReport: true })).toEqual([]);
    expect(codesOf([], broken, { everyReport: true })).toEqual(['report-lost agent/r1']);
    expect(codesOf([deadLetter(), report('r1')], broken, { everyReport: true })).toEqual(['broken-report-stored agent/r1']);
  });

  it('asks nothing of what a door refused', () => {
    expect(codesOf([], ledger({ ...pending('r1'), wasRefused: true }), { everyReport: true })).toEqual([]);
  });

  it('finds a stored report that its agent never sent, and one in a foreign stream', () => {
    expect(codesOf([report('r1'), report('r2')], ledger(receipted('r1')))).toEqual(['report-invented agent/r2']);
    const [, type, data] = report('r1');
    expect(codesOf([['report-other', type, data]], ledger(receipted('r1')))).toEqual(['report-invented agent/r1']);
  });

  it('knows nothing against an agent without a ledger', () => {
    expect(codesOf([report('r1', 'page'), report('r1')], { agentId: 'page', effects: [] })).toEqual([]);
  });

  it('finds a report that is stored twice, and lets two agents use one id', () => {
    const agent = ledger(receipted('r1'));
    expect(codesOf([report('r1'), report('r1', 'other')], agent)).toEqual([]);
    expect(codesOf([report('r1'), report('r1')], agent)).toEqual(['report-doubled agent/r1']);
  });
});

describe('the law of dead letters', () => {
  it('demands a reason that can be read', () => {
    expect(codesOf([deadLetter()], ledger())).toEqual([]);
    expect(codesOf([deadLetter({ reason: ' ' })], ledger())).toEqual(['dead-letter-without-reason ']);
    expect(codesOf([deadLetter({ reason_code: '' })], ledger())).toEqual(['dead-letter-without-reason ']);
  });
});
