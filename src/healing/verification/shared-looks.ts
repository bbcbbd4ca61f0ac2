import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.ts';
import type { ProbeOutcome } from '../saga/fix-saga.inputs.ts';
import { Prober } from './probe.ts';

/** As long as this a look is as good as a new one, in milliseconds. */
const KEPT_MS = 1500;
/** One that failed slowly is kept as many times as long as it took: what hangs takes no more than its share of the reader's time. */
const KEPT_AFTER_SLOW_FAILURE = 3;

interface Look {
  outcome: Promise<ProbeOutcome>;
  /** In milliseconds since 1970; until then whoever asks waits for the same answer. */
  keptUntilMs: number;
}

/** Looks at a service once for all who want to know: many incidents may wait for the same one. */
@Injectable()
export class SharedLooks {
  private readonly looks = new Map<string, Look>();

  constructor(
    private readonly clock: Clock,
    private readonly prober: Prober,
  ) {}

  /** `since` is when its agent began to call it what it is: what was seen before that isn't asked for any more. */
  look({ probeUrl, probeTimeoutMs }: { probeUrl: string; probeTimeoutMs: number }, since: number): Promise<ProbeOutcome> {
    this.forgetOld();
    const key = `${probeUrl} ${probeTimeoutMs} ${since}`;
    const known = this.looks.get(key);
    if (known !== undefined) return known.outcome;
    const look: Look = { outcome: this.begin(key, probeUrl, probeTimeoutMs), keptUntilMs: Infinity };
    this.looks.set(key, look);
    return look.outcome;
  }

  private async begin(key: string, url: string, timeoutMs: number): Promise<ProbeOutcome> {
    const outcome = await this.prober.probe(url, timeoutMs);
    const keptMs = outcome.ok ? KEPT_MS : Math.max(KEPT_MS, KEPT_AFTER_SLOW_FAILURE * outcome.latencyMs);
    const look = this.looks.get(key);
    if (look !== undefined) look.keptUntilMs = this.clock.nowMs() + keptMs;
    return outcome;
  }

  private forgetOld(): void {
    const nowMs = this.clock.nowMs();
    for (const [key, { keptUntilMs }] of this.looks) if (keptUntilMs <= nowMs) this.looks.delete(key);
  }
}
