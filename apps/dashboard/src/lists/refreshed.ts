import { batch, computed, signal } from '@preact/signals';
import { parsePosition } from '#libs/contracts';
import { type ApiError, toApiError } from '../api/api-error.ts';
import { readClock } from '../time/clock.ts';
import { type Lag, lagAfter } from './lag.ts';
import { BEHIND_MS, computeRetryDelay } from './retry-delay.ts';

interface RefreshedOptions<T> {
  load: () => Promise<T>;
  /** Between two loads, in milliseconds; an answer that takes long is asked for less often. */
  minIntervalMs?: number;
}

/** After an event, so that what comes with it is in the answer too. */
const SETTLE_MS = 80;
/** Of the time that an answer takes: at most every fifth part of the time goes into asking. */
const EASE = 4;

/** An answer of the API that is asked for again when an event concerns it, until it reflects that event. */
export class Refreshed<T extends { position: string }> {
  readonly value = signal<T | undefined>(undefined);
  /** Why the last answer could not be had; what is shown is an older one then. */
  readonly problem = signal<ApiError | undefined>(undefined);
  private readonly lag = signal<Lag | undefined>(undefined);
  /** As of when what is shown is true; undefined while it is current. */
  readonly behindSinceMs = computed(() => this.lag.value?.sinceMs);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isRunning = false;
  private wanted = 0;
  /** What the last answer reflects. */
  private seen = 0;
  private failures = 0;
  private notBeforeMs = 0;
  /** Counts beginnings: an answer that was asked for before the last one is none. */
  private beginning = 0;
  private loading: number | undefined;

  constructor(private readonly options: RefreshedOptions<T>) {}

  start(): void {
    this.isRunning = true;
    this.begin();
  }

  /** What is shown is left as it is, and true as of now. */
  stop(): void {
    this.isRunning = false;
    this.begin();
  }

  /** An event at this position concerns it. */
  want(position: string): void {
    this.wanted = Math.max(this.wanted, parsePosition(position));
    if (this.wanted <= this.seen) return;
    this.lag.value ??= { position: this.wanted, sinceMs: readClock() };
    this.schedule(SETTLE_MS);
  }

  /** What was there belongs to another log. */
  reset(): void {
    this.wanted = 0;
    this.seen = 0;
    batch(() => {
      this.value.value = undefined;
      this.problem.value = undefined;
      this.lag.value = undefined;
      this.begin();
    });
  }

  private begin(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.beginning += 1;
    this.lag.value ??= { position: this.wanted, sinceMs: readClock() };
    this.schedule(0);
  }

  private schedule(ms: number): void {
    if (!this.isRunning || this.loading === this.beginning || this.timer !== undefined) return;
    const delayMs = Math.max(ms, this.notBeforeMs - performance.now());
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.load(this.beginning);
    }, delayMs);
  }

  private async load(beginning: number): Promise<void> {
    const [startedMs, askedAtMs] = [performance.now(), readClock()];
    this.loading = beginning;
    const settle = await this.options.load().then(
      (value) => () => this.take(value, { askedAtMs, tookMs: performance.now() - startedMs }),
      (error: unknown) => () => this.fail(toApiError(error)),
    );
    if (beginning !== this.beginning) return;
    this.loading = undefined;
    this.notBeforeMs = startedMs + (this.options.minIntervalMs ?? 0);
    const again = settle();
    if (again !== undefined) this.schedule(again);
  }

  /** @returns after how long to ask again, if at all */
  private take(value: T, { askedAtMs, tookMs }: { askedAtMs: number; tookMs: number }): number | undefined {
    this.failures = 0;
    this.seen = parsePosition(value.position);
    this.notBeforeMs = Math.max(this.notBeforeMs, performance.now() + tookMs * (EASE - 1));
    batch(() => {
      this.value.value = value;
      this.problem.value = undefined;
      this.lag.value = lagAfter(this.lag.peek(), { seen: this.seen, wanted: this.wanted, askedAtMs });
    });
    return this.seen < this.wanted ? BEHIND_MS : undefined;
  }

  private fail(problem: ApiError): number | undefined {
    this.failures += 1;
    this.problem.value = problem;
    const isWanted = this.wanted > this.seen;
    // That there is no such thing is an answer too.
    if (problem.kind === 'absent' && !isWanted) this.lag.value = undefined;
    return computeRetryDelay({ kind: problem.kind, failures: this.failures, isWanted });
  }
}
