import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { OutboxItem, OutboxSending } from '#libs/agent-core';
import { MAX_ITEM_BYTES, MAX_MESSAGE_BYTES } from '#libs/contracts';
import { assembleBatches } from './outbound-batches.ts';

const clock = { epoch: 'e', nowMs: () => 100_000 };
const context = { agentId: 'memory-agent', bootId: '01900000-0000-4000-8000-000000000abc', clock };

const sending = (id: string, over: Partial<OutboxItem> & { ageMs?: number; attempt?: number } = {}): OutboxSending => {
  const { ageMs = 0, attempt = 1, ...item } = over;
  const observed = { epoch: 'e', ms: 100_000 - ageMs };
  const body = item.body ?? { error: { id } };
  const bytes = Buffer.byteLength(JSON.stringify(body));
  return { attempt, bytes, item: { id, kind: 'report', severity: 'high', observed, ...item, body } };
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

  it('counts bytes, not characters', () => {
    const large = Array.from({ length: 4 }, (_, i) => sending(`${i}`, { body: { text: '€'.repeat(50_000) } }));
    expect(assembleBatches(large, context).map(({ ids }) => ids.length)).toEqual([1, 1, 1, 1]);
  });

  it('never makes a message that the server refuses for its size', () => {
    const size = fc.oneof(fc.integer({ min: 0, max: 2_000 }), fc.integer({ min: 0, max: MAX_ITEM_BYTES - 20 }));
    const agentId = 'a'.repeat(63);
    fc.assert(
      fc.property(fc.array(size, { maxLength: 30 }), (sizes) => {
        const all = sizes.map((bytes, i) => sending(`${i}`, { body: { text: 'x'.repeat(bytes) }, attempt: 2 ** 31 }));
        const batches = assembleBatches(all, { ...context, agentId });
        expect(batches.flatMap(({ ids }) => ids)).toHaveLength(sizes.length);
        for (const { body, headers, messageId } of batches) {
          const bytes = Buffer.byteLength(JSON.stringify(body)) + JSON.stringify({ ...headers, messageId }).length;
          expect(bytes).toBeLessThan(MAX_MESSAGE_BYTES);
        }
      }),
      { numRuns: 30 },
    );
  });
});
