import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Outbox } from '#libs/agent-core';
import type { ProbeOutcome } from '../collectors/http-health/http-probe.ts';

/** What the agent's own /metrics tells. */
export class AgentMetrics {
  readonly registry = new Registry();
  private readonly checks = new Histogram({
    name: 'zantara_agent_check_duration_seconds',
    help: 'Duration of health checks.',
    labelNames: ['service_id', 'outcome'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 5],
    registers: [this.registry],
  });
  private readonly refusals = new Counter({
    name: 'zantara_agent_commands_refused_total',
    help: 'Commands that were not carried out, by the rule that refused them.',
    labelNames: ['code'],
    registers: [this.registry],
  });

  private readonly refusedReports = new Counter({
    name: 'zantara_agent_reports_refused_total',
    help: 'Reports of the program around the agent that were not taken, by the code that it was told.',
    labelNames: ['code'],
    registers: [this.registry],
  });

  watchOutbox(outbox: Outbox): void {
    for (const field of ['items', 'bytes', 'dropped'] as const) {
      new Gauge({
        name: `zantara_agent_outbox_${field}`,
        help: `The outbox of the agent: ${field}.`,
        registers: [this.registry],
        collect() {
          this.set(outbox.statistics()[field]);
        },
      });
    }
  }

  countCheck(serviceId: string, { isOk, durationMs }: ProbeOutcome): void {
    this.checks.observe({ service_id: serviceId, outcome: isOk ? 'ok' : 'failed' }, durationMs / 1_000);
  }

  countRefusal(code: string): void {
    this.refusals.inc({ code });
  }

  countRefusedReport(code: string): void {
    this.refusedReports.inc({ code });
  }
}
