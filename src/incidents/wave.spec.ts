import { describe, expect, it } from '@jest/globals';
import { buildErrorReported } from '../../test/builders/incident-builder.ts';
import { recorded } from '../../test/builders/log-builder.ts';
import type { KnownServiceState } from '../catalogue/service-state.events.ts';
import type { Recorded } from '../platform/log/domain-event.ts';
import { computeIncidentKey } from './incident-key.ts';
import { type HandledEvent, Wave } from './wave.ts';

const report = (target: string, fingerprint = 'fp@1:a'): Recorded<HandledEvent> =>
  recorded<HandledEvent>(buildErrorReported({ target, fingerprint }));
const says = (service_id: string, to: KnownServiceState): Recorded<HandledEvent> =>
  recorded<HandledEvent>({
    type: 'ServiceStateChanged',
    data: { service_id, from: 'unknown', to, agent_id: 'memory-agent', reason_code: 'heartbeat' },
  });
const escalated = (target: string, fingerprint = 'fp@1:a'): Recorded<HandledEvent> => {
  const incident_id = `${computeIncidentKey(fingerprint, target)}-1`;
  const data = { fix_id: `${incident_id}-1`, incident_id, strategy: 'restart/service', reason_code: 'x', attempts: 1 };
  const event = recorded<HandledEvent>({ type: 'FixEscalated', data } as unknown as HandledEvent);
  return { ...event, metadata: { ...event.metadata, correlation_id: incident_id } };
};

/** How many of these belong into one wave. */
const countOf = (...events: Recorded<HandledEvent>[]): number => {
  const wave = new Wave();
  const refused = events.findIndex((event) => !wave.add(event));
  return refused === -1 ? events.length : refused;
};

describe('a wave of what incidents are told', () => {
  it('takes in what is about different incidents and targets', () => {
    expect(countOf(report('a'), escalated('b'), report('c'), escalated('d'))).toBe(4);
    expect(countOf(report('a'), says('b', 'healthy'), says('c', 'healthy'), report('d'))).toBe(4);
  });

  it('takes in many reports of the same', () => {
    expect(countOf(report('a'), report('a'), report('a', 'fp@1:b'))).toBe(3);
  });

  it('leaves what is said of one incident in its order', () => {
    expect(countOf(report('a'), escalated('a'))).toBe(1);
    expect(countOf(escalated('a'), report('a'))).toBe(1);
    expect(countOf(escalated('a'), escalated('a'))).toBe(1);
    expect(countOf(report('a', 'fp@1:b'), escalated('a'))).toBe(2);
  });

  it('leaves what is said of one target in its order', () => {
    expect(countOf(report('a'), says('a', 'healthy'))).toBe(1);
    expect(countOf(says('a', 'healthy'), report('a'))).toBe(1);
    expect(countOf(says('a', 'healthy'), says('a', 'healthy'))).toBe(1);
  });

  it('never takes outcomes together with recoveries, which name targets and no incidents', () => {
    expect(countOf(says('a', 'healthy'), escalated('b'))).toBe(1);
    expect(countOf(escalated('b'), says('a', 'healthy'))).toBe(1);
  });

  it('is not ended by what means nothing to incidents', () => {
    expect(countOf(report('a'), says('a', 'unhealthy'), says('a', 'unknown'), report('a'))).toBe(4);
  });

  it('has an end', () => {
    expect(countOf(...Array.from({ length: 80 }, (_, n) => escalated(`t${n}`)))).toBe(64);
    expect(countOf(...Array.from({ length: 80 }, (_, n) => says(`t${n}`, 'healthy')))).toBe(64);
  });
});
