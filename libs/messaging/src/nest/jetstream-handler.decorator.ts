import { applyDecorators, UseFilters } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import type { IntakeStream } from '../consumer-definitions.ts';
import { PassThroughRpcFilter } from './pass-through.filter.ts';

export const JETSTREAM = Symbol('JETSTREAM');

/** How one stream is taken in. */
export interface JetStreamHandlerOptions {
  /** Most messages in one call. */
  batchSize?: number;
  /** As for a batch consumer: most bytes in one call. */
  batchBytes?: number;
  /** As for a batch consumer: most calls at once. */
  batchesAtOnce?: number;
  /** As for a batch consumer, in milliseconds. */
  minStepMs?: number;
}

/**
 * The method takes in one stream: `(messages: readonly InboundMessage[]) => Promise<readonly Settlement[]>`. No pipe comes
 * with it: what is on the wire is validated by the compiled schemas, and one wrong message must not fail a batch.
 */
export const JetStreamHandler = (stream: IntakeStream, options: JetStreamHandlerOptions = {}): MethodDecorator =>
  applyDecorators(EventPattern<string>(stream, JETSTREAM, { ...options }), UseFilters(PassThroughRpcFilter));
