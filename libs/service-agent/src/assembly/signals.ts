import type { Heartbeat, HeartbeatService, Metric } from '#libs/contracts';
import type { OutboxStatistics } from '#libs/agent-core';

export interface HeartbeatContext {
  readonly agentId: string;
  readonly bootId: string;
  readonly intervalMs: number;
  readonly sequence: number;
}

export const createHeartbeat = (
  { agentId, bootId, intervalMs, sequence }: HeartbeatContext,
  services: readonly HeartbeatService[],
): Heartbeat => ({
  v: 1,
  agent_id: agentId,
  boot_id: bootId,
  sequence,
  interval_ms: intervalMs,
  services: [...services],
});

export interface ServiceMeasurement {
  readonly serviceId: string;
  /** `undefined` before the first check. */
  readonly checkDurationMs: number | undefined;
}

/** One sample set per heartbeat. What the outbox had to drop is reported here, as it can't report it as an item. */
export function createMetric(agentId: string, services: readonly ServiceMeasurement[], outbox: OutboxStatistics): Metric {
  const samples = services.flatMap(({ serviceId, checkDurationMs }) => [
    ...(checkDurationMs === undefined ? [] : [{ service_id: serviceId, name: 'check_duration_ms', value: checkDurationMs }]),
    { service_id: serviceId, name: 'agent_outbox_items', value: outbox.items },
    { service_id: serviceId, name: 'agent_outbox_dropped_total', value: outbox.dropped },
  ]);
  return { v: 1, agent_id: agentId, samples };
}
