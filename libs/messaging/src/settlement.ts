import { ZantaraError } from '#libs/contracts';
import { describeError } from './log.ts';
import { InvalidMessageError } from './messaging.errors.ts';

/** What becomes of one message. A handler returns one for each, in their order. */
export type Settlement =
  | { readonly action: 'ack' }
  | { readonly action: 'retry'; readonly delayMs: number }
  | { readonly action: 'dead-letter'; readonly reasonCode: string; readonly reason: string };

/** It is ours now: say so only after the commit. */
export const ack = (): Settlement => ({ action: 'ack' });

/** Not now, and nothing is wrong with it; counts neither as a crash nor towards the dead letters. */
export const retryLater = (delayMs: number): Settlement => ({ action: 'retry', delayMs });

/** It is invalid and stays so. */
export const deadLetter = (reasonCode: string, reason: string): Settlement => ({ action: 'dead-letter', reasonCode, reason });

const ACTIONS: readonly unknown[] = ['ack', 'retry', 'dead-letter'];

/** Whether a handler, which may come by way of a framework that forgets types, returned one settlement per message. */
export const areSettlements = (value: unknown, count: number): value is readonly Settlement[] =>
  Array.isArray(value) &&
  value.length === count &&
  value.every((item: unknown) => typeof item === 'object' && item !== null && 'action' in item && ACTIONS.includes(item.action));

/** `hold`: keep the messages in hand, pull nothing more, try again. `split`: find the culprit by handling each one alone. */
export type FailureDecision = Settlement | { readonly action: 'hold' } | { readonly action: 'split' };

/** A handler that crashed this often on one message will not get over it. */
export const MAX_CRASHES = 5;

const CRASH_DELAYS_MS = [100, 300, 1_000, 3_000];

/**
 * What a thrown error means for the messages that the handler was given. The rule: invalid goes to the dead letters at once,
 * so does what crashed the handler five times; while a dependency is away nothing is settled, counted or lost.
 *
 * @param crashes how often the handler crashed on this one message, this time included; of no account in a batch of several
 */
export function decideAfterFailure(error: unknown, batch: { size: number; crashes: number }): FailureDecision {
  if (error instanceof ZantaraError && error.retryable) return { action: 'hold' };
  if (batch.size > 1) return { action: 'split' };
  if (error instanceof InvalidMessageError) return deadLetter(error.reasonCode, error.message);
  if (error instanceof ZantaraError && error.kind === 'invalid') return deadLetter(error.code, error.message);
  if (batch.crashes >= MAX_CRASHES) return deadLetter('handler-crashed', describeError(error));
  return retryLater(CRASH_DELAYS_MS[batch.crashes - 1] ?? 3_000);
}

/** Whether this failure is the handler's own doing and so counts towards the five. */
export const isCrash = (error: unknown): boolean => !(error instanceof ZantaraError) || error.kind === 'rejected';
