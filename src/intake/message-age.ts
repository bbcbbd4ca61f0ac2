import { HEADERS } from '#libs/contracts';
import type { InboundMessage } from '#libs/messaging';

/** Nothing waits longer in an outbox, in milliseconds; a larger claim is a mistake. */
const MAX_AGE_MS = 30 * 24 * 3_600_000;

/**
 * How long ago a message's content was observed: the agent's own monotonic age plus the time since the broker stored it. No
 * wall clock of an agent comes into it. Where the broker's clock was set since, nobody knows how old anything is that it stored before:
 * what seems to come from the future counts as old by as much.
 *
 * @param storedAtMs when the broker stored it, by the same clock as `nowMs`
 */
export function computeMessageAgeMs(message: Pick<InboundMessage, 'header'>, storedAtMs: number, nowMs: number): number {
  const claimed = Number(message.header(HEADERS.ageMs) ?? 0);
  const atAgent = Number.isFinite(claimed) && claimed > 0 ? claimed : 0;
  const sinceStored = Math.abs(nowMs - storedAtMs);
  return Math.min(MAX_AGE_MS, Math.round(atAgent + sinceStored));
}
