import { describe, expect, it } from '@jest/globals';
import { buildErrorReported } from '../../test/builders/incident-builder.ts';
import { computeIncidentKey } from './incident-key.ts';
import { KnownFaults } from './known-faults.ts';

const reportOf = (fingerprint: string): Parameters<KnownFaults['describe']>[0] => buildErrorReported({ fingerprint }).data;

describe('the faults that reports tell of', () => {
  it('are described by what the report says, and by who answers for the target', () => {
    const { error, target } = reportOf('a');
    expect(new KnownFaults(2).describe(reportOf('a'), 'memory-agent')).toEqual({
      key: computeIncidentKey('a', target),
      fingerprint: 'a',
      target,
      errorType: error.type,
      severity: error.severity,
      ownerAgent: 'memory-agent',
    });
  });

  it('are described anew once anything is different', () => {
    const faults = new KnownFaults(2);
    const report = reportOf('a');
    const described = faults.describe(report, 'memory-agent');
    expect(faults.describe(reportOf('a'), 'memory-agent')).toBe(described);
    expect(faults.describe(report, undefined)).toMatchObject({ ownerAgent: undefined });
    const worse = { ...report, error: { ...report.error, severity: 'high' as const } };
    expect(faults.describe(worse, undefined)).toMatchObject({ severity: 'high' });
  });

  it('are no more than may be kept', () => {
    const faults = new KnownFaults(2);
    const first = faults.describe(reportOf('a'), undefined);
    for (const fingerprint of ['b', 'c']) faults.describe(reportOf(fingerprint), undefined);
    expect(faults.describe(reportOf('a'), undefined)).not.toBe(first);
  });
});
