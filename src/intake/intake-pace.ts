import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { ReadModelLag } from '../platform/projections/read-model-lag.ts';

/** From here on the intake is held back, in milliseconds that what decisions read is behind. Decisions wait from 5 s on, unless told otherwise. */
const BEGIN_MS = 1_500;
/** Each millisecond more holds a batch of messages by this part of one, */
const SHARE = 0.05;
/** and no batch longer than this: where read models stand still for another reason, reports are taken in all the same. */
const LONGEST_MS = 100;

/** How long a batch of reports is held back, in milliseconds, for what decisions read is so far behind. */
export const computeHoldMs = (lagMs: number | undefined): number =>
  Math.min(LONGEST_MS, Math.max(0, Math.round(((lagMs ?? 0) - BEGIN_MS) * SHARE)));

/**
 * Lets read models come along with the intake: without it a flood that lasts would leave them so far behind that nothing at all is
 * healed any more. What waits is safe in its stream.
 */
@Injectable()
export class IntakePace {
  constructor(private readonly lag: ReadModelLag) {}

  async keep(): Promise<void> {
    const holdMs = computeHoldMs(this.lag.lagMs);
    if (holdMs > 0) await sleep(holdMs);
  }
}
