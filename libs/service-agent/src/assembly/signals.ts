import { CHECK_SAMPLES, EXPOSURE_SAMPLES, type Heartbeat, type HeartbeatService, type Metric } from '#libs/contracts';
import type { OutboxStatistics } from '#libs/agent-core';
import type { CountedExposures } from '../collectors/exposures/read-exposures.ts';

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
  /** Since the agent began. */
  readonly checks: { readonly total: number; readonly failed: number };
}

/** What some service has counted of this one. */
export interface ExposureMeasurement extends CountedExposures {
  readonly serviceId: string;
}

export interface Measurements {
  readonly services: readonly ServiceMeasurement[];
  readonly exposures: readonly ExposureMeasurement[];
  readonly outbox: OutboxStatistics;
}

/** One sample set per heartbeat. What the outbox had to drop is reported here, as it can't report it as an item. */
export function createMetric(agentId: string, { services, exposures, outbox }: Measurements): Metric {
  return {
    v: 1,
    agent_id: agentId,
    samples: [...services.flatMap((one) => describeService(one, outbox)), ...exposures.flatMap(describeExposures)],
  };
}

type Samples = Metric['samples'];

const describeService = ({ serviceId, checkDurationMs, checks }: ServiceMeasurement, outbox: OutboxStatistics): Samples => [
  ...(checkDurationMs === undefined ? [] : [{ service_id: serviceId, name: 'check_duration_ms', value: checkDurationMs }]),
  { service_id: serviceId, name: CHECK_SAMPLES.total, value: checks.total },
  { service_id: serviceId, name: CHECK_SAMPLES.failed, value: checks.failed },
  { service_id: serviceId, name: 'agent_outbox_items', value: outbox.items },
  { service_id: serviceId, name: 'agent_outbox_dropped_total', value: outbox.dropped },
];

const describeExposures = ({ serviceId, total, failed, masked }: ExposureMeasurement): Samples => [
  { service_id: serviceId, name: EXPOSURE_SAMPLES.total, value: total },
  { service_id: serviceId, name: EXPOSURE_SAMPLES.failed, value: failed },
  { service_id: serviceId, name: EXPOSURE_SAMPLES.masked, value: masked },
];
