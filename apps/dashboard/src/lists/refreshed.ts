import { batch, signal } from '@preact/signals';
import { parsePosition } from '#libs/contracts';
import { type ApiError, toApiError } from '../api/api-error.ts';

interface RefreshedOptions<T> {
  load: () => Promise<T>;
  /** Between two loads, in milliseconds; an answer that takes long is asked for less often. */
  minIntervalMs?: number;
}

/** After an event, so that what comes with it is in the answer too. */
const SETTLE_MS = 80;
/** A read model that has not seen the event yet is asked again after this. */
const BEHIND_MS = 150;
const [FIRST_RETRY_MS, MAX_RETRY_MS] = [1000, 5000];
/** Of the time that an answer takes: at most every fifth part of the time goes into asking. */
const EASE = 4;

/** An answer of the API that is asked for again when an event concerns it, until it reflects that event. */
export class Refreshed<T extends { position: string }> {
  readonly value = signal<T | undefined>(undefined);
  readonly problem = signal<ApiError | undefined>(undefined);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isLoading = false;
  private isStopped = false;
  private wanted = 0;
  /** What the last answer reflects. */
  private seen = -1;
  private failures = 0;
  private notBeforeMs = 0;

  constructor(private readonly options: RefreshedOptions<T>) {}

  start(): void {
    this.isStopped = false;
    this.schedule(0);
  }

  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  /** An event at this position concerns it. */
  want(position: string): void {
    this.wanted = Math.max(this.wanted, parsePosition(position));
    if (this.wanted > this.seen) this.schedule(SETTLE_MS);
  }

  /** What was there belongs to another log. */
  reset(): void {
    this.wanted = 0;
    this.seen = -1;
    this.schedule(0);
  }

  private schedule(ms: number): void {
    if (this.isStopped || this.isLoading || this.timer !== undefined) return;
    const delayMs = Math.max(ms, this.notBeforeMs - performance.now());
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.load();
    }, delayMs);
  }

  private async load(): Promise<void> {
    const startedMs = performance.now();
    const wantedBefore = this.wanted;
    this.isLoading = true;
    const again = await this.options.load().then(
      (value) => this.take(value),
      // What was not there may have come into being meanwhile.
      (error: unknown) => this.fail(error) ?? (this.wanted > wantedBefore ? BEHIND_MS : undefined),
    );
    this.isLoading = false;
    const tookMs = performance.now() - startedMs;
    this.notBeforeMs = startedMs + Math.max(this.options.minIntervalMs ?? 0, tookMs * EASE);
    if (again !== undefined) this.schedule(again);
  }

  /** @returns after how long to ask again, if at all */
  private take(value: T): number | undefined {
    this.failures = 0;
    this.seen = parsePosition(value.position);
    if (!this.isStopped) {
      batch(() => {
        this.value.value = value;
        this.problem.value = undefined;
      });
    }
    return this.seen < this.wanted ? BEHIND_MS : undefined;
  }

  private fail(error: unknown): number | undefined {
    this.failures += 1;
    const problem = toApiError(error);
    if (!this.isStopped) this.problem.value = problem;
    return problem.kind === 'away' ? Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * this.failures) : undefined;
  }
}
