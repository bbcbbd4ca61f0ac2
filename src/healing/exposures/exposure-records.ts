import { Injectable } from '@nestjs/common';
import { CHECK_SAMPLES, EXPOSURE_SAMPLES } from '#libs/contracts';
import { SharedReads } from '#libs/event-store';
import { estimateFailureRate } from '#libs/fix-strategies';
import { CatalogueService } from '../../catalogue/catalogue.service.ts';
import type { OpenedIncident } from '../../incidents/incident.ts';
import { Clock } from '../../platform/clock.ts';
import { Database } from '../../platform/database/database.ts';
import type { ExposureReading } from '../saga/fix-saga.inputs.ts';
import type { FixSaga } from '../saga/fix-saga.ts';
import { type CounterSample, RATE_OF_NOTHING, readExposures, readSeen, type TrafficBefore } from './counted-samples.ts';

/** So far back it is asked since when a service fails, in milliseconds. */
const FAILING_SINCE_MS = 600_000;
const MOST_REMEMBERED = 1_000;
/** The hour before the fault says what traffic is usual. */
const USUAL_TRAFFIC_MS = 3_600_000;

// Written out, as only then the index on these names is used.
const { total: TOTAL, failed: FAILED, masked: MASKED } = EXPOSURE_SAMPLES;
const COUNTED = [...Object.values(EXPOSURE_SAMPLES), ...Object.values(CHECK_SAMPLES)].map((name) => `'${name}'`).join(', ');

// Looked up for each service that is asked about: those who decide at once ask at once.
/** A message that was delivered twice shows once. */
const SAMPLES = `
SELECT asked.place, counted.* FROM unnest($1::text[], $2::timestamptz[]) WITH ORDINALITY AS asked (service, since, place)
CROSS JOIN LATERAL (
  SELECT agent_id, stored_at,
    max(value) FILTER (WHERE name = '${TOTAL}') AS total, max(value) FILTER (WHERE name = '${FAILED}') AS failed,
    max(value) FILTER (WHERE name = '${MASKED}') AS masked, max(value) FILTER (WHERE name = '${CHECK_SAMPLES.total}') AS checks,
    max(value) FILTER (WHERE name = '${CHECK_SAMPLES.failed}') AS checks_failed
  FROM metric_samples WHERE service_id = asked.service AND stored_at >= asked.since AND name IN (${COUNTED})
  GROUP BY agent_id, stored_at
) AS counted
ORDER BY asked.place, stored_at`;

const TRAFFIC = `
SELECT asked.place, counted.*
FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) WITH ORDINALITY AS asked (service, since, until, place)
CROSS JOIN LATERAL (
  SELECT agent_id, sum(CASE WHEN value >= earlier THEN value - earlier ELSE value END)::float8 AS requests,
    (extract(epoch FROM max(stored_at) - min(stored_at)) * 1000)::float8 AS over_ms
  FROM (
    SELECT agent_id, stored_at, value, lag(value) OVER (PARTITION BY agent_id ORDER BY stored_at) AS earlier
    FROM metric_samples
    WHERE service_id = asked.service AND stored_at >= asked.since AND stored_at < asked.until
      AND name = '${TOTAL}' AND name IN (${COUNTED})
  ) steps
  GROUP BY agent_id HAVING count(earlier) > 0
) AS counted
ORDER BY asked.place, agent_id`;

interface Asked {
  service: string;
  sinceMs: number;
}

interface AskedTraffic extends Asked {
  untilMs: number;
}

/** For which of those that were asked about, from 1. */
interface Placed {
  place: string;
}

type TrafficRow = TrafficBefore[number] & Placed;

interface SampleRow extends Placed {
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
  private readonly samples = new SharedReads<Asked, SampleRow[]>((asked) => this.readSamples(asked));
  /** Of fixes, by their ids. */
  private readonly usual = new Map<string, Promise<TrafficBefore>>();
  private readonly traffic = new SharedReads<AskedTraffic, TrafficRow[]>((asked) => this.readTraffic(asked));

  constructor(
    private readonly database: Database,
    private readonly catalogue: CatalogueService,
    private readonly clock: Clock,
  ) {}

  /** How often the service fails; of what was seen to end every exposure does. */
  async readFailureRate({ target, evidence }: OpenedIncident): Promise<number> {
    if (evidence.exited) return RATE_OF_NOTHING;
    return estimateFailureRate(readSeen(await this.load(target, this.clock.nowMs() - FAILING_SINCE_MS)));
  }

  /**
   * What was counted since the fix, beside what was usual before its fault; samples that were stored before things settled may be of
   * the time before.
   */
  async readSince(saga: FixSaga, settlingMs: number): Promise<ExposureReading | undefined> {
    if (saga.verifyingSinceMs === undefined) return undefined;
    const samples = await this.load(saga.target, saga.verifyingSinceMs + settlingMs);
    if (samples.length === 0) return undefined;
    return readExposures(samples, { agentId: saga.agentId, trafficBefore: await this.findUsualTraffic(saga) });
  }

  /** What is over doesn't change: it is read once for each fix, however often that is checked. */
  private findUsualTraffic({ fixId, target, faultSinceMs }: FixSaga): Promise<TrafficBefore> {
    const known = this.usual.get(fixId);
    if (known !== undefined) return known;
    const reading = this.loadTraffic(target, faultSinceMs - USUAL_TRAFFIC_MS, faultSinceMs);
    this.usual.set(fixId, reading);
    reading.catch(() => this.usual.delete(fixId));
    const [oldest] = this.usual.keys();
    if (this.usual.size > MOST_REMEMBERED && oldest !== undefined) this.usual.delete(oldest);
    return reading;
  }

  /** Whoever isn't a service agent of the catalogue counts nothing: a page could tell anything. */
  private async load(service: string, sinceMs: number): Promise<CounterSample[]> {
    const rows = await this.samples.read({ service, sinceMs });
    return rows.filter((row) => this.catalogue.isServiceAgent(row.agent_id)).map(toSample);
  }

  private async loadTraffic(service: string, sinceMs: number, untilMs: number): Promise<TrafficBefore> {
    const rows = await this.traffic.read({ service, sinceMs, untilMs });
    return rows
      .filter((row) => this.catalogue.isServiceAgent(row.agent_id))
      .map(({ agent_id, requests, over_ms }) => ({ agent_id, requests, over_ms }));
  }

  private async readSamples(asked: readonly Asked[]): Promise<SampleRow[][]> {
    const values = [asked.map(({ service }) => service), asked.map(({ sinceMs }) => new Date(sinceMs))];
    return groupByPlace(asked, await this.database.query<SampleRow>(SAMPLES, values));
  }

  private async readTraffic(asked: readonly AskedTraffic[]): Promise<TrafficRow[][]> {
    const values = [
      asked.map(({ service }) => service),
      asked.map(({ sinceMs }) => new Date(sinceMs)),
      asked.map(({ untilMs }) => new Date(untilMs)),
    ];
    return groupByPlace(asked, await this.database.query<TrafficRow>(TRAFFIC, values));
  }
}

function groupByPlace<Row extends Placed>(asked: readonly Asked[], rows: readonly Row[]): Row[][] {
  const groups: Row[][] = asked.map(() => []);
  for (const row of rows) groups[Number(row.place) - 1]?.push(row);
  return groups;
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
