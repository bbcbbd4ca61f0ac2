import { describe, expect, it } from '@jest/globals';
import type { ExposureCounts } from '#libs/fix-strategies';
import { type CounterSample, readExposures, readSeen } from './counted-samples.ts';

const counts = (total: number, failed = 0, masked = 0): ExposureCounts => ({ total, failed, masked });
const sample = (agentId: string, storedAtMs: number, exposures: ExposureCounts | null): CounterSample => ({
  agentId,
  storedAtMs,
  exposures,
  checks: null,
});
const BY_MEMORY = { agentId: 'memory-agent', trafficBefore: [] };

describe('exposures since a fix', () => {
  it('are what came between the first sample of an agent and its last', () => {
    const samples = [
      sample('gateway-agent', 0, counts(1000, 10)),
      sample('memory-agent', 1, counts(7)),
      sample('gateway-agent', 2000, counts(1010, 11, 1)),
      sample('memory-agent', 2001, counts(9, 1)),
      sample('gateway-agent', 4000, counts(1030, 11, 2)),
    ];
    expect(readExposures(samples, BY_MEMORY)).toEqual({
      others: counts(30, 1, 2),
      counted_by: ['gateway-agent'],
      own: counts(2, 1),
    });
  });

  it.each<[string, CounterSample[]]>([
    ['nobody counts', []],
    ['there is one sample only', [sample('gateway-agent', 0, counts(1000))]],
    ['an agent counts its checks alone', [sample('memory-agent', 0, null), sample('memory-agent', 2000, null)]],
  ])('are unknown where %s', (_case, samples) => {
    expect(readExposures(samples, BY_MEMORY)).toBeUndefined();
  });

  it('count on from zero where whoever counts has begun anew', () => {
    const samples = [100, 120, 5, 9].map((total, index) => sample('gateway-agent', index * 1000, counts(total)));
    expect(readExposures(samples, BY_MEMORY)?.others).toEqual(counts(29));
  });

  it('are compared with as many as came in the same time in the hour before', () => {
    const trafficBefore = [
      { agent_id: 'gateway-agent', requests: 7200, over_ms: 3_600_000 },
      { agent_id: 'silent-agent', requests: 7200, over_ms: 3_600_000 },
      { agent_id: 'new-agent', requests: 50, over_ms: 9000 },
    ];
    const samples = ['gateway-agent', 'new-agent'].flatMap((agentId) => [
      sample(agentId, 0, counts(0)),
      sample(agentId, 10_000, counts(8)),
    ]);
    const { traffic } = readExposures(samples, { ...BY_MEMORY, trafficBefore }) ?? {};
    // Of the second nothing is known now, and of the third too little of before.
    expect(traffic).toEqual({ requests: 8, expected: 20 });
  });
});

describe('traffic that the fixing agent has counted as well', () => {
  const trafficBefore = ['gateway-agent', 'memory-agent'].map((agent_id) => ({ agent_id, requests: 3600, over_ms: 3_600_000 }));
  const readTraffic = (byOthers: number, own: number): unknown =>
    readExposures(
      [
        ...['gateway-agent', 'memory-agent'].map((agentId) => sample(agentId, 0, counts(0))),
        sample('gateway-agent', 60_000, counts(byOthers)),
        sample('memory-agent', 60_000, counts(own)),
      ],
      { ...BY_MEMORY, trafficBefore },
    )?.traffic;

  it('is not counted twice', () => {
    expect(readTraffic(58, 60)).toEqual({ requests: 58, expected: 60 });
  });

  it('has halved where either says so', () => {
    expect(readTraffic(5, 60)).toEqual({ requests: 5, expected: 60 });
    expect(readTraffic(60, 5)).toEqual({ requests: 5, expected: 60 });
  });
});

describe('what was seen before a fix', () => {
  it('is in the order of time, whoever saw it, with what retries hid among the failures', () => {
    const samples = [
      sample('gateway-agent', 0, counts(100)),
      { ...sample('memory-agent', 500, null), checks: { total: 10, failed: 0 } },
      sample('gateway-agent', 1000, counts(110, 2, 3)),
      { ...sample('memory-agent', 1500, null), checks: { total: 12, failed: 1 } },
    ];
    expect(readSeen(samples)).toEqual([
      { total: 10, failed: 5 },
      { total: 2, failed: 1 },
    ]);
  });
});
