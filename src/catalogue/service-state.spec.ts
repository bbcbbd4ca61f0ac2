import { describe, expect, it } from '@jest/globals';
import type { HeartbeatService } from '#libs/contracts';
import { recorded } from '../../test/builders/log-builder.ts';
import { applyToTables } from '../../test/builders/table-model.ts';
import {
  evolveServiceState,
  type HeardOfService,
  observeHeartbeat,
  observeSilence,
  type ServiceStateFold,
  UNHEARD_OF,
} from './service-state.ts';
import { servicesProjection } from './services.projection.ts';

const HEARD_MS = Date.parse('2026-01-01T00:00:10Z');

const hear = (service: HeartbeatService, heardAtMs = HEARD_MS): HeardOfService => ({
  agentId: 'memory-agent',
  service,
  heardAtMs,
});

const buildBeat = (parts: Partial<HeartbeatService> = {}): HeartbeatService => ({
  service_id: 'memory',
  state: 'healthy',
  since_ms: 3_600_000,
  consecutive_failures: 0,
  pid: 7,
  ...parts,
});

describe('the state of a service', () => {
  it('changes when its agent says so, and when its process is another one', () => {
    const [change] = observeHeartbeat(UNHEARD_OF, hear(buildBeat()));
    expect(change?.data).toMatchObject({ from: 'unknown', to: 'healthy', pid: 7, reason_code: 'heartbeat' });
    const known = change === undefined ? UNHEARD_OF : evolveServiceState(UNHEARD_OF, recorded(change));
    expect(observeHeartbeat(known, hear(buildBeat({ since_ms: 3_600_099 })))).toEqual([]);
    expect(observeHeartbeat(known, hear(buildBeat({ pid: 8 })))).toHaveLength(1);
    expect(observeHeartbeat(known, hear(buildBeat({ state: 'unhealthy' })))).toHaveLength(1);
  });

  describe('that is called healthy as before', () => {
    const SAID_MS = Date.parse('2026-01-01T00:00:00Z');
    const known = { state: 'healthy' as const, pid: 7, saidAtMs: SAID_MS };
    const changesOf = (state: ServiceStateFold, since_ms: number): unknown[] =>
      observeHeartbeat(state, hear(buildBeat({ since_ms }))).map(({ data }) => [data.from, data.to, data.reason_code]);

    it('was not so in between when it has been healthy for less long than it was called so', () => {
      expect(changesOf(known, 5_000)).toEqual([['healthy', 'healthy', 'failed-meanwhile']]);
      expect(changesOf(known, HEARD_MS - SAID_MS)).toEqual([]);
    });

    it('is not taken for new because its heartbeat was on its way for a moment', () => {
      expect(changesOf(known, HEARD_MS - SAID_MS - 1_000)).toEqual([]);
      expect(changesOf(known, HEARD_MS - SAID_MS - 1_001)).toHaveLength(1);
    });

    it('is not taken for new where its agent does not know since when it is', () => {
      expect(changesOf(known, 0)).toEqual([]);
    });

    it('tells nothing of that of what failed before, or what nobody spoke of', () => {
      expect(observeHeartbeat({ ...known, state: 'stopped' }, hear(buildBeat({ state: 'stopped', since_ms: 1 })))).toEqual([]);
      expect(changesOf({ state: 'healthy', pid: 7 }, 5_000)).toEqual([]);
    });
  });

  it('is unknown after silence, which is said once', () => {
    expect(observeSilence({ state: 'healthy', pid: 7 }, 'memory-agent', 'memory')).toMatchObject([
      { data: { from: 'healthy', to: 'unknown', reason_code: 'heartbeats-missing' } },
    ]);
    expect(observeSilence(UNHEARD_OF, 'memory-agent', 'memory')).toEqual([]);
  });
});

describe('the list of services', () => {
  const entry = {
    id: 'memory',
    probe_url: 'http://127.0.0.1:1/health',
    probe_timeout_ms: 2000,
    replicas: 2,
    single_replica: false,
    critical: true,
    depends_on: ['database'],
    owner_agent: 'memory-agent',
    autonomy: 'auto' as const,
  };
  const rowsOf = (...events: Parameters<typeof recorded>[0][]): unknown[] =>
    applyToTables(
      servicesProjection,
      events.map((event, index) => recorded(event, { position: index + 1 })),
    ).get('services') ?? [];
  const registered = { type: 'ServiceRegistered', data: entry };
  const [healthy] = observeHeartbeat(UNHEARD_OF, hear(buildBeat()));

  it('has what is configured and what the agent says', () => {
    expect(rowsOf(registered)).toMatchObject([{ service_id: 'memory', depends_on: '["database"]', critical: true }]);
    expect(rowsOf(registered, ...(healthy === undefined ? [] : [healthy]))).toMatchObject([{ state: 'healthy', pid: 7 }]);
  });

  it('keeps the state over a changed configuration', () => {
    const changed = { type: 'ServiceChanged', data: { ...entry, autonomy: 'off' } };
    expect(rowsOf(registered, ...(healthy === undefined ? [] : [healthy]), changed)).toMatchObject([
      { state: 'healthy', autonomy: 'off' },
    ]);
  });

  it('loses what is retired, and hears nothing of what it never had', () => {
    expect(rowsOf(registered, { type: 'ServiceRetired', data: { id: 'memory' } })).toEqual([]);
    expect(rowsOf(...(healthy === undefined ? [] : [healthy]))).toEqual([]);
  });
});
