import { describe, expect, it } from '@jest/globals';
import type { Heartbeat, HeartbeatService } from '#libs/contracts';
import { HealingParts, buildHealing } from '../../test/builders/healing-parts.ts';
import { recorded } from '../../test/builders/log-builder.ts';
import { RecordingLogger } from '../../test/builders/recording-logger.ts';
import { applyToTables } from '../../test/builders/table-model.ts';
import { logStreams } from '../platform/log/stream-names.ts';
import { serviceListProjection } from './service-list.projection.ts';
import { evolveServiceState, observeHeartbeat, observeSilence, UNHEARD_OF } from './service-state.ts';
import { ServiceStatesService } from './service-states.service.ts';

const buildBeat = (parts: Partial<HeartbeatService> = {}): HeartbeatService => ({
  service_id: 'memory',
  state: 'healthy',
  since_ms: 0,
  consecutive_failures: 0,
  pid: 7,
  ...parts,
});
const buildHeartbeat = (...services: HeartbeatService[]): Heartbeat => ({
  v: 1,
  agent_id: 'memory-agent',
  boot_id: '01900000-0000-7000-8000-000000000001',
  sequence: 1,
  interval_ms: 10_000,
  services,
});

describe('the state of a service', () => {
  it('changes when its agent says so, and when its process is another one', () => {
    const [change] = observeHeartbeat(UNHEARD_OF, 'memory-agent', buildBeat());
    expect(change?.data).toMatchObject({ from: 'unknown', to: 'healthy', pid: 7, reason_code: 'heartbeat' });
    const known = change === undefined ? UNHEARD_OF : evolveServiceState(UNHEARD_OF, change);
    expect(observeHeartbeat(known, 'memory-agent', buildBeat({ since_ms: 99 }))).toEqual([]);
    expect(observeHeartbeat(known, 'memory-agent', buildBeat({ pid: 8 }))).toHaveLength(1);
    expect(observeHeartbeat(known, 'memory-agent', buildBeat({ state: 'unhealthy' }))).toHaveLength(1);
  });

  it('is unknown after silence, which is said once', () => {
    expect(observeSilence({ state: 'healthy', pid: 7 }, 'memory-agent', 'memory')).toMatchObject([
      { data: { from: 'healthy', to: 'unknown', reason_code: 'heartbeats-missing' } },
    ]);
    expect(observeSilence(UNHEARD_OF, 'memory-agent', 'memory')).toEqual([]);
  });
});

describe('heartbeats', () => {
  const states = (parts: HealingParts): ServiceStatesService =>
    new ServiceStatesService(parts.log, parts.catalogue, new RecordingLogger());
  const changes = (parts: HealingParts): Promise<string[]> => parts.typesOf(logStreams.service('memory'));

  it('store changes only', async () => {
    const parts = await buildHealing();
    const service = states(parts);
    for (const state of ['healthy', 'healthy', 'unhealthy', 'unhealthy'] as const) {
      await service.onHeartbeat('memory-agent', buildHeartbeat(buildBeat({ state })));
    }
    expect(await changes(parts)).toHaveLength(2);
  });

  it('say nothing about services of another agent', async () => {
    const parts = await buildHealing();
    await states(parts).onHeartbeat('rag-agent', buildHeartbeat(buildBeat()));
    await states(parts).onHeartbeat('memory-agent', buildHeartbeat(buildBeat({ service_id: 'rag' })));
    expect(await changes(parts)).toEqual([]);
    expect(await parts.typesOf(logStreams.service('rag'))).toEqual([]);
  });

  it('come to one change when two replicas hear the same', async () => {
    const parts = await buildHealing();
    const beats = [states(parts), states(await parts.replica())].map((service) =>
      service.onHeartbeat('memory-agent', buildHeartbeat(buildBeat())),
    );
    await Promise.all(beats);
    expect(await changes(parts)).toHaveLength(1);
  });

  it('go on from what the log says after a restart', async () => {
    const parts = await buildHealing();
    await states(parts).onHeartbeat('memory-agent', buildHeartbeat(buildBeat()));
    await states(parts).onHeartbeat('memory-agent', buildHeartbeat(buildBeat()));
    expect(await changes(parts)).toHaveLength(1);
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
      serviceListProjection,
      events.map((event, index) => recorded(event, { position: index + 1 })),
    ).get('service_list') ?? [];
  const registered = { type: 'ServiceRegistered', data: entry };
  const [healthy] = observeHeartbeat(UNHEARD_OF, 'memory-agent', buildBeat());

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
