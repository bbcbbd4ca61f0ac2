import { v7 as uuid } from 'uuid';
import type { MonotonicClock, OutboxItem } from '#libs/agent-core';
import { redactJsonObject, shortenJson } from '#libs/agent-core';
import type { WireError } from '#libs/contracts';
import type { Symptom } from '../collectors/service-monitor.ts';

export interface ReportContext {
  /** Which copy of the agent speaks. */
  readonly instance: string;
  readonly bootId: string;
  readonly maxItemBytes: number;
  readonly clock: MonotonicClock;
}

/** A failing service as an error of the wire protocol, in its outbox item. */
export function createHealthReport(symptom: Symptom, context: ReportContext): OutboxItem {
  const { instance, bootId, maxItemBytes, clock } = context;
  const { serviceId, reason, exit, pid, consecutiveFailures, message } = symptom;
  const redacted = redactJsonObject({
    check: 'http',
    reason,
    exit_code: exit?.exitCode,
    signal: exit?.signal,
    consecutive_failures: consecutiveFailures,
    message,
    pid,
  }).value;
  const error: WireError = {
    id: uuid(),
    timestamp: new Date().toISOString(),
    source: `backend-${serviceId}`,
    type: 'health',
    severity: 'critical',
    data: shortenJson(redacted, maxItemBytes / 2),
    context: { instance, boot_id: bootId },
  };
  const observed = { epoch: clock.epoch, ms: clock.nowMs() };
  return { id: error.id, kind: 'report', severity: error.severity, body: { error }, observed };
}
