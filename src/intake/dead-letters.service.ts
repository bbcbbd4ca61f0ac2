import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { redactJson, redactText } from '#libs/agent-core';
import type { JsonValue } from '#libs/contracts';
import { Log } from '../platform/log/log.ts';
import { logStreams } from '../platform/log/stream-names.ts';
import { Metrics } from '../platform/metrics/metrics.ts';
import type { MessageDeadLettered } from './intake.events.ts';

export interface BuriedMessage {
  subject: string;
  deliveries: number;
  reasonCode: string;
  reason: string;
  data: Uint8Array;
}

/** Keeps what can't be taken in, redacted, with its reason. The same content from the same sender is kept once, however often it comes. */
@Injectable()
export class DeadLettersService {
  constructor(
    private readonly log: Log,
    private readonly metrics: Metrics,
  ) {}

  async bury({ subject, deliveries, reasonCode, reason, data }: BuriedMessage): Promise<void> {
    const sha256 = createHash('sha256').update(data).digest('hex');
    const event: MessageDeadLettered = {
      type: 'MessageDeadLettered',
      data: {
        subject,
        reason_code: reasonCode,
        reason: redactText(reason).value,
        deliveries,
        original_sha256: sha256,
        original_bytes: data.length,
        body: redactBody(new TextDecoder().decode(data)),
      },
    };
    await this.log.append({
      actor: 'intake',
      key: `dead:${subject}:${reasonCode}:${sha256}`,
      writes: [{ stream: logStreams.deadLetters, expected: 'any', events: [event] }],
    });
    this.metrics.deadLetters.inc({ reason: reasonCode });
  }
}

/** By the names of its members where it is JSON, as plain text otherwise. */
function redactBody(text: string): string {
  try {
    return JSON.stringify(redactJson(parseJson(text)).value);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return redactText(text).value;
  }
}

const parseJson: (text: string) => JsonValue = JSON.parse;
