import { Injectable } from '@nestjs/common';
import { CHECK_SAMPLES, EXPOSURE_SAMPLES } from '#libs/contracts';
import { estimateFailureRate } from '#libs/fix-strategies';
import { CatalogueService } from '../../catalogue/catalogue.service.ts';
import type { IncidentEpisode } from '../../incidents/incident.ts';
import { Clock } from '../../platform/clock.ts';
import { Database } from '../../platform/database/database.ts';
import type { ExposureReading } from '../saga/fix-saga.inputs.ts';
import type { FixSaga } from '../saga/fix-saga.ts';
import { type CounterSample, readExposures, readSeen, type ServiceBefore, type TrafficBefore } from './counted-samples.ts';

/** So far back it is asked since when a service fails, in milliseconds. */
const FAILING_SINCE_MS = 600_000;
/** The hour before the incident says what traffic is usual. */
const USUAL_TRAFFIC_MS = 3_600_000;

// Written out, as only then the index on these names is used.
const { total: TOTAL, failed: FAILED, masked: MASKED } = EXPOSURE_SAMPLES;
const COUNTED = [...Object.values(EXPOSURE_SAMPLES), ...Object.values(CHECK_SAMPLES)].map((name) => `'${name}'`).join(', ');

/** A message that was delivered twice shows once. */
const SAMPLES = `
SELECT agent_id, stored_at,
  max(value) FILTER (WHERE name = '${TOTAL}') AS total, max(value) FILTER (WHERE name = '${FAILED}') AS failed,
  max(value) FILTER (WHERE name = '${MASKED}') AS masked, max(value) FILTER (WHERE name = '${CHECK_SAMPLES.total}') AS checks,
  max(value) FILTER (WHERE name = '${CHECK_SAMPLES.failed}') AS checks_failed
FROM metric_samples WHERE service_id = $1 AND stored_at >= $2 AND name IN (${COUNTED})
GROUP BY agent_id, stored_at ORDER BY stored_at`;

const TRAFFIC = `
SELECT agent_id, sum(CASE WHEN value >= earlier THEN value - earlier ELSE value END)::float8 AS requests,
  (extract(epoch FROM max(stored_at) - min(stored_at)) * 1000)::float8 AS over_ms
FROM (
  SELECT agent_id, stored_at, value, lag(value) OVER (PARTITION BY agent_id ORDER BY stored_at) AS earlier
  FROM metric_samples WHERE service_id = $1 AND stored_at >= $2 AND stored_at < $3 AND name = '${TOTAL}' AND name IN (${COUNTED})
) counted
GROUP BY agent_id HAVING count(earlier) > 0 ORDER BY agent_id`;

interface SampleRow {
  agent_id: string;
  stored_at: Date;
  total: number | null;
  failed: number | null;
  masked: number | null;
  checks: number | null;
  checks_failed: number | null;
}

/** What agents have counted of the services: exposures and checks, as samples that are kept for seven days. */
@Injectable()
export class ExposureRecords {
  constructor(
    private readonly database: Database,
    private readonly catalogue: CatalogueService,
    private readonly clock: Clock,
  ) {}

  /** How often the service failed before the fix, and what traffic it had before the incident. */
  async readBefore({ target, openedAt, evidence }: IncidentEpisode): Promise<ServiceBefore> {
    const openedAtMs = Date.parse(openedAt);
    const [samples, traffic] = await Promise.all([
      // Of what was seen to end every exposure fails.
      evidence.exited ? [] : this.load(target, this.clock.nowMs() - FAILING_SINCE_MS),
      this.loadTraffic(target, openedAtMs - USUAL_TRAFFIC_MS, openedAtMs),
    ]);
    return { failureRate: estimateFailureRate(readSeen(samples)), traffic };
  }

  /** What was counted since the fix; samples that were stored before things settled may be of the time before. */
  async readSince(saga: FixSaga, settlingMs: number): Promise<ExposureReading | undefined> {
    if (saga.verifyingSinceMs === undefined) return undefined;
    return readExposures(await this.load(saga.target, saga.verifyingSinceMs + settlingMs), saga);
  }

  /** Whoever isn't a service agent of the catalogue counts nothing: a page could tell anything. */
  private async load(target: string, sinceMs: number): Promise<CounterSample[]> {
    const rows = await this.database.query<SampleRow>(SAMPLES, [target, new Date(sinceMs)]);
    return rows.filter((row) => this.catalogue.isServiceAgent(row.agent_id)).map(toSample);
  }

  private async loadTraffic(target: string, fromMs: number, toMs: number): Promise<TrafficBefore> {
    const rows = await this.database.query<TrafficBefore[number]>(TRAFFIC, [target, new Date(fromMs), new Date(toMs)]);
    return rows.filter((row) => this.catalogue.isServiceAgent(row.agent_id));
  }
}

const toSample = ({
  agent_id: agentId,
  stored_at: storedAt,
  total,
  failed,
  masked,
  checks,
  checks_failed,
}: SampleRow): CounterSample => ({
  agentId,
  storedAtMs: storedAt.getTime(),
  exposures: total === null ? null : { total, failed: failed ?? 0, masked: masked ?? 0 },
  checks: checks === null ? null : { total: checks, failed: checks_failed ?? 0 },
});
