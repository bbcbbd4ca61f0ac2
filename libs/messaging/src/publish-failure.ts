import { JetStreamApiError } from '@nats-io/jetstream';
import { errors } from '@nats-io/nats-core';
import type { ZantaraError } from '#libs/contracts';
import { describeError } from './log.ts';
import { BrokerUnavailableError, PublishRefusedError, UnexpectedSequenceError } from './messaging.errors.ts';

/** The stream ends with another message than the publisher said, by its id or by its number. */
const OTHER_END: readonly number[] = [10070, 10071];

/** What the client throws, as one of our errors. A full stream is back-pressure: it counts as unavailable. */
export function toPublishError(subject: string, error: unknown): ZantaraError {
  if (error instanceof JetStreamApiError && OTHER_END.includes(error.code)) return new UnexpectedSequenceError(subject, error);
  if (isRefusal(error)) return new PublishRefusedError(subject, error);
  const isNobodyThere = error instanceof Error && error.name === 'JetStreamNotEnabled';
  const what = isNobodyThere ? `no stream takes ${subject}` : describeError(error);
  return new BrokerUnavailableError(what, error);
}

function isRefusal(error: unknown): boolean {
  if (error instanceof errors.PermissionViolationError || error instanceof errors.InvalidArgumentError) return true;
  if (error instanceof errors.InvalidSubjectError) return true;
  if (error instanceof JetStreamApiError) return error.status === 400;
  return error instanceof Error && error.cause instanceof errors.PermissionViolationError;
}
