import { describe, expect, it } from '@jest/globals';
import { countUtf8Bytes, type JsonObject, MAX_ITEM_BYTES } from '#libs/contracts';
import { validateReport, validateResult } from '#libs/contracts/schemas';
import { createOutcomeResult } from './command-result.ts';
import { createHealthReport } from './health-report.ts';
import { computeMaxItemBytes } from './item-size.ts';

const clock = { epoch: 'e', nowMs: () => 0 };
const UUID = '01900000-0000-7000-8000-000000000001';
const COMMAND = {
  v: 1 as const,
  command_id: 'c'.repeat(100),
  key_id: 'k',
  agent_id: 'a'.repeat(63),
  target: { service_id: 's'.repeat(63) },
  strategy: 'restart/service',
  parameters: {},
  fence: { log_id: UUID, position: '1' },
  issued_at: '2026-01-01T00:00:00Z',
  expires_at: '2026-01-01T00:01:00Z',
  decision_event_id: UUID,
  approvals: [],
};
/** The smallest that the configuration takes, and its default. */
const OUTBOXES = [65_536, 16_777_216];
const LINES = Array.from({ length: 4_000 }, (_, i) => `line ${i} \u0001${'€'.repeat(500)}`);

describe('what an agent says by itself', () => {
  it.each(OUTBOXES)('fits into a message and an outbox of %d bytes whatever a service wrote into its log', (outboxBytes) => {
    const maxItemBytes = computeMaxItemBytes(outboxBytes);
    const evidence: JsonObject = { before: 'running', last_log_lines: LINES, last_log_lines_after: LINES };
    const outcome = { succeeded: false, reasonCode: 'exited-early' as const, detail: '\u0001'.repeat(16_000), evidence };
    const result = createOutcomeResult({ agentId: 'a'.repeat(63), maxItemBytes }, COMMAND, outcome, {
      durationMs: 1,
      canBeUndone: false,
    });
    expect(countUtf8Bytes(JSON.stringify(result))).toBeLessThanOrEqual(maxItemBytes);
    expect(validateResult(result)).toMatchObject({ valid: true });
    expect(result.evidence?.['before']).toBe('running');
  });

  it.each(OUTBOXES)('fits into a message and an outbox of %d bytes whatever a check came to', (outboxBytes) => {
    const maxItemBytes = computeMaxItemBytes(outboxBytes);
    const message = '€'.repeat(2_000_000);
    const symptom = { serviceId: 'memory', reason: 'failing' as const, consecutiveFailures: 2, message };
    const { body } = createHealthReport(symptom, { instance: 'i'.repeat(100), bootId: UUID, maxItemBytes, clock });
    expect(countUtf8Bytes(JSON.stringify(body))).toBeLessThanOrEqual(maxItemBytes);
    expect(validateReport(body)).toMatchObject({ valid: true });
  });

  it('leaves room for others in a small outbox, and is what one message carries with a large one', () => {
    expect(OUTBOXES.map(computeMaxItemBytes)).toEqual([16_384, MAX_ITEM_BYTES]);
  });
});
