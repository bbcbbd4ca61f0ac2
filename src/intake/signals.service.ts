import { Injectable } from '@nestjs/common';
import { type Heartbeat, type Metric, parseAgentSubject } from '#libs/contracts';
import { validateHeartbeat, validateMetric } from '#libs/contracts/schemas';
import { ack, deadLetter, type InboundMessage, type Settlement } from '#libs/messaging';
import { HEARTBEATS_UNTIL_SILENT, ServiceStatesService } from '../catalogue/service-states.service.ts';
import { Clock } from '../platform/clock.ts';
import { Database } from '../platform/database/database.ts';
import { parseBody } from './parse-body.ts';

const INSERT_SAMPLES = `
INSERT INTO metric_samples (agent_id, stored_at, service_id, name, value)
SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::double precision[])`;

interface StoredSample {
  agentId: string;
  storedAt: Date;
  serviceId: string;
  name: string;
  value: number;
}

/** Takes in heartbeats and metrics: the pulse of the agents, which isn't history. */
@Injectable()
export class SignalsService {
  constructor(
    private readonly serviceStates: ServiceStatesService,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** In their order: a later heartbeat has the last word. Samples come last and at once, so that no failure stores some twice. */
  async takeIn(messages: readonly InboundMessage[]): Promise<Settlement[]> {
    const settlements: Settlement[] = [];
    const samples: StoredSample[] = [];
    for (const message of messages) settlements.push(await this.takeInOne(message, samples));
    await this.storeSamples(samples);
    return settlements;
  }

  private async takeInOne(message: InboundMessage, samples: StoredSample[]): Promise<Settlement> {
    const from = parseAgentSubject(message.subject);
    const parsed = parseBody(message);
    if (!parsed.ok) return deadLetter(parsed.reasonCode, parsed.reason);
    const { body } = parsed;
    if (from?.kind === 'heartbeat') {
      const heartbeat = validateHeartbeat(body);
      if (!heartbeat.valid) return deadLetter('invalid-heartbeat', heartbeat.reason);
      await this.takeHeartbeat(from.agentId, heartbeat.value, this.clock.ofBroker(message.storedAt));
      return ack();
    }
    if (from?.kind !== 'metric') return deadLetter('unknown-subject', `${message.subject} is not a signal subject`);
    const metric = validateMetric(body);
    if (!metric.valid) return deadLetter('invalid-metric', metric.reason);
    samples.push(...toSamples(from.agentId, metric.value, new Date(this.clock.ofBroker(message.storedAt))));
    return ack();
  }

  /** After an outage of ours the old ones come first; they say nothing of now. */
  private async takeHeartbeat(agentId: string, heartbeat: Heartbeat, storedAtMs: number): Promise<void> {
    const nowMs = this.clock.databaseMs();
    if (nowMs - storedAtMs > HEARTBEATS_UNTIL_SILENT * heartbeat.interval_ms) return;
    // What was stored before the broker's clock was set back seems to come from the future.
    await this.serviceStates.onHeartbeat(agentId, heartbeat, Math.min(storedAtMs, nowMs));
  }

  private async storeSamples(samples: readonly StoredSample[]): Promise<void> {
    if (samples.length === 0) return;
    await this.database.query(INSERT_SAMPLES, [
      samples.map(({ agentId }) => agentId),
      samples.map(({ storedAt }) => storedAt),
      samples.map(({ serviceId }) => serviceId),
      samples.map(({ name }) => name),
      samples.map(({ value }) => value),
    ]);
  }
}

const toSamples = (agentId: string, { samples }: Metric, storedAt: Date): StoredSample[] =>
  samples.map(({ service_id: serviceId, name, value }) => ({ agentId, storedAt, serviceId, name, value }));
