import { createEventId } from '../../../src/platform/log/create-event-id.ts';
import type { HeartbeatService, Report } from '#libs/contracts';
import type { SimService } from '../services.ts';

const REPEAT_MS = 10_000;
/** Whoever looked so long ago doesn't know that it is still the same fault. */
const STOOD_STILL_MS = 5_000;
const FAILED_CHECKS = 2;

/** How an agent sees one of its services: a check now and then, and the end of its process at once. */
export class ServiceWatch {
  /** While a command acts, what is seen is the command's doing. */
  isHeld = false;
  private state: HeartbeatService['state'] = 'starting';
  private sinceMs = 0;
  private failures = 0;
  private reportedMs = -Infinity;
  private checkedMs = -Infinity;
  private hasTold = false;

  constructor(
    readonly service: SimService,
    private readonly now: () => number,
    /** It tells of a fault once, and leaves it to others to remember. */
    private readonly isTerse: boolean,
  ) {}

  /** Tells what has to be reported, if anything has and it may be told. */
  check(mayTell: boolean): Report | undefined {
    if (this.isHeld) return undefined;
    const { service } = this;
    if (this.now() - this.checkedMs >= STOOD_STILL_MS) this.hasTold = false;
    this.checkedMs = this.now();
    this.failures = service.isUp ? 0 : this.failures + 1;
    if (service.hasExited) this.enter('stopped');
    else if (service.isUp) this.enter('healthy');
    else if (this.failures >= FAILED_CHECKS) this.enter('unhealthy');
    const isFailing = this.state === 'stopped' || this.state === 'unhealthy';
    const isDue = !this.hasTold || (!this.isTerse && this.now() - this.reportedMs >= REPEAT_MS);
    if (!isFailing || !isDue || !mayTell) return undefined;
    this.reportedMs = this.now();
    this.hasTold = true;
    return this.describeFault();
  }

  begin(): void {
    this.isHeld = true;
    this.failures = 0;
    this.enter('starting');
  }

  describe(isLie = false): HeartbeatService {
    return {
      service_id: this.service.id,
      state: isLie ? 'healthy' : this.state,
      since_ms: this.now() - this.sinceMs,
      consecutive_failures: isLie ? 0 : this.failures,
      pid: this.service.pid,
    };
  }

  private enter(state: HeartbeatService['state']): void {
    if (state !== this.state) {
      this.sinceMs = this.now();
      this.hasTold = false;
    }
    this.state = state;
  }

  private describeFault(): Report {
    const { id, fault, hasExited } = this.service;
    const isPool = fault?.kind === 'until-other-pool';
    return {
      error: {
        id: createEventId(),
        timestamp: new Date().toISOString(),
        source: `backend-${id}`,
        type: 'health',
        severity: 'critical',
        data: {
          check: isPool ? 'database' : 'http',
          reason: hasExited ? 'exited' : 'failing',
          consecutive_failures: this.failures,
          message: hasExited ? 'the process ended' : 'status 503',
        },
        context: {},
      },
    };
  }
}
