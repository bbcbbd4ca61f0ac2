import { describe, expect, it } from '@jest/globals';
import { Findings } from './finding.ts';

describe('findings', () => {
  it('of neighbours become one range', () => {
    const findings = new Findings();
    for (const from of [3, 4, 5, 9]) findings.add('event-changed', { from });
    findings.add('event-missing', { from: 6, through: 7 });
    findings.add('event-missing', { from: 8 });
    expect(findings.list().map(({ code, from, through }) => [code, from, through])).toEqual([
      ['event-changed', 3, 5],
      ['event-missing', 6, 8],
      ['event-changed', 9, 9],
    ]);
  });

  it('of batches stay apart, for each is named', () => {
    const findings = new Findings();
    findings.add('batch-changed', { from: 1, through: 4 });
    findings.add('batch-changed', { from: 5, through: 6 });
    expect(findings.list().map(({ sentence }) => sentence)).toEqual([
      'the hash of the batch of positions 1 to 4 is not that of its time, of its events and of the batch before it',
      'the hash of the batch of positions 5 to 6 is not that of its time, of its events and of the batch before it',
    ]);
  });

  it('are counted where there are too many to be told', () => {
    const findings = new Findings();
    for (let n = 1; n <= 150; n += 1) findings.add('event-changed', { from: 2 * n });
    expect([findings.list().length, findings.more]).toEqual([100, 50]);
  });
});
