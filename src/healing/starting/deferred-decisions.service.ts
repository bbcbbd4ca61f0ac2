import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { OrchestratorCode } from '#libs/contracts';
import { Clock } from '../../platform/clock.ts';
import { Database } from '../../platform/database/database.ts';
import { Log } from '../../platform/log/log.ts';
import { AppLogger } from '../../platform/logging/app-logger.ts';
import { FixStarter } from './fix-starter.service.ts';

/** Denials that pass: somebody lets it go on, what it needs comes back, or what was unknown is known again. */
const PASSING: readonly OrchestratorCode[] = [
  'healing-is-stopped',
  'dependency-is-down',
  'dependency-state-unknown',
  'control-state-unknown',
  'policy-unknown',
  'read-model-lag-unknown',
  'storm-unknown',
  'fleet-unknown',
  'guard-failed',
];

/**
 * Open incidents whose last decision was to wait, or not to act for a reason that passes, in the order of their ids. A check in between
 * is no other word.
 */
const DEFERRED = `
SELECT listed.incident_id, decided.position FROM incidents AS listed
CROSS JOIN LATERAL (
  SELECT position, verdict, split_part(reason_code, ':', 2) AS reason FROM decisions
  WHERE decisions.incident_id = listed.incident_id AND verdict <> 'confirm' ORDER BY position DESC LIMIT 1
) AS decided
WHERE listed.state = 'open' AND listed.incident_id > $1
  AND (decided.verdict = 'defer' OR (decided.verdict = 'deny' AND decided.reason = ANY($3)))
ORDER BY listed.incident_id LIMIT $2`;

const ASK_AGAIN_MS = 5_000;
/** Each is a decision with all that it reads; the others wait for their turn, so that none starves. */
const AT_A_TIME = 25;

interface DeferredRow {
  incident_id: string;
  /** Of the decision. */
  position: string;
}

/**
 * Decides again about what was deferred: a place becomes free, a storm passes, a freeze or a stop ends, and nobody would say so who
 * reports a fault once only.
 */
@Injectable()
export class DeferredDecisions implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private latest = '';
  private asking: Promise<void> | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly database: Database,
    private readonly log: Log,
    private readonly starter: FixStarter,
    private readonly logger: AppLogger,
  ) {}

  onApplicationBootstrap(): void {
    const ask = (): void => {
      this.asking ??= this.askAgain()
        .catch((error: unknown) => this.logger.problem('what was deferred could not be decided about again', error))
        .finally(() => (this.asking = undefined));
    };
    this.timer = setInterval(ask, ASK_AGAIN_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.asking;
  }

  /** The next ones in turn. What is decided as before isn't stored. */
  async askAgain(): Promise<void> {
    const rows = await this.database.query<DeferredRow>(DEFERRED, [this.latest, AT_A_TIME, PASSING]);
    this.latest = rows.length < AT_A_TIME ? '' : (rows.at(-1)?.incident_id ?? '');
    const decisions = await this.log.store.readPositions(rows.map(({ position }) => Number(position)));
    // Others may have made them a moment ago, and nothing is decided before that.
    for (const { recordedAt } of decisions) this.clock.catchUpWith(recordedAt);
    const byPosition = new Map(decisions.map(({ id, position }) => [position, id]));
    for (const { incident_id: incidentId, position } of rows) {
      const id = byPosition.get(Number(position));
      if (id !== undefined) await this.starter.consider(incidentId, { id, position: Number(position) });
    }
  }
}
