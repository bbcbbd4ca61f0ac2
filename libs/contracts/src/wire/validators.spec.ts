import { describe, expect, it } from '@jest/globals';
import { validateReportEnvelope } from './validators.ts';

const error = {
  id: '01900000-0000-7000-8000-000000000001',
  timestamp: '2026-01-01T00:00:00.000Z',
  source: 'backend-memory',
  type: 'health',
  severity: 'critical',
  data: { anything: [1, { deep: null }] },
  context: {},
};
const envelope = { v: 1, agent_id: 'memory-agent', items: [{ error }] };

describe('the compiled validators', () => {
  it('accept a report that fits the protocol', () => {
    expect(validateReportEnvelope(envelope)).toEqual({ valid: true, value: envelope });
  });

  it.each([
    [{ ...envelope, v: 2 }, '/v must be equal to constant'],
    [{ ...envelope, items: [] }, '/items must NOT have fewer than 1 items'],
    [{ ...envelope, surprise: 1 }, 'the message must NOT have additional properties (surprise)'],
    [{ ...envelope, items: [{ error: { ...error, source: 'Backend' } }] }, '/items/0/error/source must match pattern'],
    [{ ...envelope, items: [{ error: { ...error, timestamp: 'yesterday' } }] }, '/items/0/error/timestamp must match'],
    ['not an object', 'the message must be object'],
    [null, 'the message must be object'],
  ])('name the place that is wrong (%#)', (input, reason) => {
    const validation = validateReportEnvelope(input);
    expect(validation.valid ? '' : validation.reason).toContain(reason);
  });
});
