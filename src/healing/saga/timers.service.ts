import { Injectable, type OnApplicationBootstrap, type BeforeApplicationShutdown } from '@nestjs/common';
import { Clock } from '../../platform/clock.ts';
import { Database } from '../../platform/database/database.ts';
import { failpoint } from '../../platform/failpoint.ts';
import { LogSubscriptions } from '../../platform/log/log-subscriptions.ts';
import { AppLogger } from '../../platform/logging/app-logger.ts';
import { Poison } from '../poison.ts';
import type { TimerName } from './fix.events.ts';
import { FixProber, type Sight } from '../verification/fix-prober.service.ts';
import { needsProbe } from './fix-saga.inputs.ts';
import { type FixSaga, isTimerSet } from './fix-saga.ts';
import { FixesService } from './fixes.service.ts';

interface DueTimer {
  fix_id: string;
  name: TimerName;
  generation: number;
  due_at: Date | string;
  /** Of the event that set it. */
  event_id: string;
  position: string;
}

const POLL_MS = 100;
/** Timers that fire at one time. The others wait in the table, oldest first, so that none starves. */
const MAX_IN_FLIGHT = 50;

const REST_MS = 5000;

/** Fires the timers of fixes. They live in the log and a table, so that a restart only makes them late. */
@Injectable()
export class TimersService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private readonly inFlight = new Map<string, Promise<void>>();
  /** Until when a timer that failed is left alone, so that those that always fail don't keep the others from firing. */
  private readonly resting = new Map<string, number>();
  private readonly poison = new Poison();
  private isPolling = false;

  constructor(
    private readonly database: Database,
    private readonly fixes: FixesService,
    private readonly prober: FixProber,
    private readonly clock: Clock,
    private readonly subscriptions: LogSubscriptions,
    private readonly logger: AppLogger,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.poll(), POLL_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.inFlight.values());
  }

  private async poll(): Promise<void> {
    if (this.isPolling) return;
    this.isPolling = true;
    this.forgetRested();
    try {
      const due = await this.database.query<DueTimer>(
        'SELECT fix_id, name, generation, due_at, event_id, position FROM fix_timers WHERE due_at <= $1 ORDER BY due_at LIMIT $2',
        [new Date(this.clock.nowMs() - this.subscriptions.headStartMs), MAX_IN_FLIGHT + this.resting.size],
      );
      for (const timer of due) this.begin(timer);
    } catch (error) {
      this.logger.problem('due timers could not be read', error);
    } finally {
      this.isPolling = false;
    }
  }

  private begin(timer: DueTimer): void {
    const key = `${timer.fix_id}:${timer.name}:${timer.generation}`;
    if (this.inFlight.has(key) || this.inFlight.size >= MAX_IN_FLIGHT || this.resting.has(key)) return;
    const firing = this.fire(timer)
      .then(() => this.poison.forget(key))
      .catch((error: unknown) => this.onFailure(timer, key, error))
      .finally(() => this.inFlight.delete(key));
    this.inFlight.set(key, firing);
  }

  /** A fix whose timer never fires would stay under way for ever, and hold its target. */
  private async onFailure({ fix_id: fixId, event_id: id, position }: DueTimer, key: string, error: unknown): Promise<void> {
    this.logger.problem('a timer could not fire', error, { timer: key });
    this.resting.set(key, this.clock.nowMs() + REST_MS);
    if (!this.poison.isPoison(key, error)) return;
    const cause = { id, position: Number(position) };
    await this.fixes
      .quarantine(fixId, { key: 'quarantine', cause })
      .catch((failure: unknown) => this.logger.problem('a fix could not be given up', failure, { fix: fixId }));
  }

  /** Another orchestrator may have fired it meanwhile, and then nobody asks for it again. */
  private forgetRested(): void {
    const nowMs = this.clock.nowMs();
    for (const [key, until] of this.resting) if (until <= nowMs) this.resting.delete(key);
  }

  private async look(saga: FixSaga): Promise<Sight> {
    const sight = await this.prober.look(saga);
    await failpoint('probe.answered');
    return sight;
  }

  private async fire({ fix_id: fixId, name, generation, due_at: dueAt, event_id: id, position }: DueTimer): Promise<void> {
    const { state: saga } = await this.fixes.load(fixId);
    // The table lags behind the log for a moment after a timer has fired.
    if (saga === undefined || !isTimerSet(saga, name, generation)) return;
    await failpoint('timer.due');
    const lateMs = this.clock.nowMs() - new Date(dueAt).getTime();
    const sight = needsProbe(name) ? await this.look(saga) : {};
    await this.fixes.advance(fixId, {
      input: { type: 'timer', name, generation, lateMs, ...sight },
      key: `timer:${name}:${generation}`,
      cause: { id, position: Number(position) },
    });
  }
}
