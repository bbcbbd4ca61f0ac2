import { describe, expect, it } from '@jest/globals';
import type { ServiceSummary } from '#libs/contracts';
import { countUnresolved, listUnhealthy, tellOverview } from './overview-words.ts';

const service = (id: string, parts: Partial<ServiceSummary> = {}): ServiceSummary => ({
  service_id: id,
  state: 'healthy',
  since: null,
  pid: 1,
  owner_agent: 'a',
  probe_url: 'http://p',
  replicas: 1,
  critical: false,
  autonomy: 'auto',
  depends_on: [],
  latest_incident: null,
  live_fix: null,
  ...parts,
});
const fix = { fix_id: 'f', incident_id: 'i', strategy: 's' };
const NONE = { open: 0, healing: 0, mitigated: 0, resolved: 0, escalated: 0 };
const tell = (services: ServiceSummary[], counts: Partial<typeof NONE> = {}): string =>
  tellOverview({ services, counts: { ...NONE, ...counts }, position: '1' });

describe('how everything is, in one sentence', () => {
  it.each([
    ['All 2 services are healthy', tell([service('a'), service('b')])],
    ['a is healthy', tell([service('a')])],
    ['No service is in the catalogue yet', tell([])],
    ['a is not known to be healthy', tell([service('a', { state: 'stale' }), service('b')])],
    ['a and b are not known to be healthy', tell([service('a', { state: 'unknown' }), service('b', { state: 'stale' })])],
    ['4 services are failing', tell(['a', 'b', 'c', 'd'].map((id) => service(id, { state: 'unhealthy' })))],
    ['a is starting', tell([service('a', { state: 'starting' }), service('b')])],
    ['b is being healed', tell([service('a'), service('b', { live_fix: fix, state: 'stopped' })], { healing: 1 })],
    ['2 incidents are being healed', tell([service('a')], { healing: 2 })],
    ['2 incidents are open', tell([service('a')], { open: 2 })],
    ['1 recovery is not confirmed', tell([service('a'), service('b')], { mitigated: 1 })],
  ])('%s', (expected, told) => {
    expect(told).toBe(expected);
  });

  it('leaves nothing out because something else matters more', () => {
    const services = [
      service('web', { state: 'starting' }),
      service('memory', { state: 'stopped' }),
      service('rag', { state: 'unhealthy', live_fix: fix }),
      service('queue', { state: 'unknown' }),
    ];
    expect(tell(services, { escalated: 2, open: 1, healing: 1, mitigated: 1 })).toBe(
      '2 incidents need you; memory is down; queue is not known to be healthy; web is starting; ' +
        '1 incident is open; rag is being healed; 1 recovery is not confirmed',
    );
    expect(tell([service('a')], { escalated: 1 })).toBe('1 incident needs you');
  });

  it('does not take a state that it does not know for healthy', () => {
    const ofLater = Object.assign(service('a'), { state: 'retiring' });
    expect(tell([ofLater])).toBe('a is not known to be healthy');
  });

  it('takes only a healthy and a starting service for sound', () => {
    const states = ['healthy', 'starting', 'unhealthy', 'stopped', 'stale', 'unknown'] as const;
    expect(listUnhealthy(states.map((state) => service(state, { state }))).map(({ state }) => state)).toEqual(states.slice(2));
  });

  it('counts as open whatever is not resolved', () => {
    expect(countUnresolved({ open: 1, healing: 2, mitigated: 3, resolved: 50, escalated: 4 })).toBe(10);
  });
});
