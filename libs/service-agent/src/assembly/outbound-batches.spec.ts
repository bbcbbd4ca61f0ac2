import { describe, expect, it } from '@jest/globals';
import type { OutboxItem, OutboxSending } from '#libs/agent-core';
import { assembleBatches } from './outbound-batches.ts';

const clock = { epoch: 'e', nowMs: () => 100_000 };
const context = { agentId: 'memory-agent', bootId: '01900000-0000-4000-8000-000000000abc', clock };

const sending = (id: string, over: Partial<OutboxItem> & { ageMs?: number; attempt?: number } = {}): OutboxSending => {
  const { ageMs = 0, attempt = 1, ...item } = over;
  const observed = { epoch: 'e', ms: 100_000 - ageMs };
  return { attempt, item: { id, kind: 'report', severity: 'high', body: { error: { id } }, observed, ...item } };
};

describe('assembleBatches', () => {
  it('puts reports together and results alone', () => {
    const batches = assembleBatches(
      [sending('a'), sending('r1', { kind: 'result', body: { phase: 'x' } }), sending('b')],
      context,
    );
    expect(batches.map(({ kind, ids, body }) => ({ kind, ids, body }))).toEqual([
      { kind: 'result', ids: ['r1'], body: { phase: 'x' } },
      {
        kind: 'report',
        ids: ['a', 'b'],
        body: { v: 1, agent_id: 'memory-agent', items: [{ error: { id: 'a' } }, { error: { id: 'b' } }] },
      },
    ]);
  });

  it('does not make a fresh report look old', () => {
    const batches = assembleBatches([sending('fresh', { ageMs: 5 }), sending('old', { ageMs: 60_000 })], context);
    expect(batches.map(({ ids, headers }) => [ids, headers['Age-Ms']])).toEqual([
      [['old'], '60000'],
      [['fresh'], '5'],
    ]);
  });

  it('counts an item of an earlier run of the machine as very old', () => {
    const [batch] = assembleBatches([sending('a', { observed: { epoch: 'before', ms: 99_999 } })], context);
    expect(Number(batch?.headers['Age-Ms'])).toBeGreaterThan(3_600_000);
  });

  it('gives each attempt a message id of its own, so that the broker does not swallow it', () => {
    const ids = [1, 2].map((attempt) => assembleBatches([sending('a', { attempt })], context)[0]?.messageId);
    expect(new Set(ids).size).toBe(2);
  });

  it('keeps messages small', () => {
    const many = Array.from({ length: 250 }, (_, i) => sending(`${i}`));
    expect(assembleBatches(many, context).map(({ ids }) => ids.length)).toEqual([100, 100, 50]);
    const large = Array.from({ length: 4 }, (_, i) => sending(`${i}`, { body: { text: 'x'.repeat(100_000) } }));
    expect(assembleBatches(large, context).map(({ ids }) => ids.length)).toEqual([2, 2]);
  });
});
