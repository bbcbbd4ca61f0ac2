import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { redactText } from '#libs/agent-core';
import type { DeadLetter } from '#libs/messaging';
import { Log } from '../platform/log/log.ts';
import { logStreams } from '../platform/log/stream-names.ts';
import { Metrics } from '../platform/metrics/metrics.ts';
import type { MessageDeadLettered } from './intake.events.ts';

/** Longest body that is kept, in characters; the hash speaks for the whole. */
const MAX_BODY_CHARACTERS = 16_384;

export interface BuriedMessage {
  /** Names the dead letter for ever: burying it twice stores it once. */
  key: string;
  subject: string;
  deliveries: number;
  reasonCode: string;
  reason: string;
  data: Uint8Array;
}

/** Keeps what can't be taken in, redacted, with its reason. */
@Injectable()
export class DeadLettersService {
  constructor(
    private readonly log: Log,
    private readonly metrics: Metrics,
  ) {}

  /** For the transport: a whole message. */
  buryMessage(letter: DeadLetter): Promise<void> {
    return this.bury({ ...letter, key: `${letter.stream}:${letter.sequence}@${letter.storedAt.getTime()}` });
  }

  async bury(message: BuriedMessage): Promise<void> {
    const { key, subject, deliveries, reasonCode, reason, data } = message;
    const text = new TextDecoder().decode(data.subarray(0, 4 * MAX_BODY_CHARACTERS));
    const event: MessageDeadLettered = {
      type: 'MessageDeadLettered',
      data: {
        subject,
        reason_code: reasonCode,
        reason: redactText(reason).value,
        deliveries,
        original_sha256: createHash('sha256').update(data).digest('hex'),
        original_bytes: data.length,
        body: redactText(text).value.slice(0, MAX_BODY_CHARACTERS),
      },
    };
    await this.log.append({
      actor: 'intake',
      key: `dead:${key}`,
      writes: [{ stream: logStreams.deadLetters, expected: 'any', events: [event] }],
    });
    this.metrics.deadLetters.inc({ reason: reasonCode });
  }
}
