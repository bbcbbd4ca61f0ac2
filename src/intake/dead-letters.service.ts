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

/** As many are known to be in the log, so that what is sent again and again isn't written again and again. */
const MAX_REMEMBERED = 10_000;

/** Keeps what can't be taken in, redacted, with its reason. The same content from the same sender is kept once, however often it comes. */
@Injectable()
export class DeadLettersService {
  /** The oldest first. */
  private readonly buried = new Set<string>();

  constructor(
    private readonly log: Log,
    private readonly metrics: Metrics,
  ) {}

  async bury({ subject, deliveries, reasonCode, reason, data }: BuriedMessage): Promise<void> {
    const sha256 = createHash('sha256').update(data).digest('hex');
    const key = `dead:${subject}:${reasonCode}:${sha256}`;
    if (!this.buried.has(key)) await this.store(key, toEvent({ subject, deliveries, reasonCode, reason, data }, sha256));
    this.remember(key);
    this.metrics.deadLetters.inc({ reason: reasonCode });
  }

  private async store(key: string, event: MessageDeadLettered): Promise<void> {
    await this.log.append({
      actor: 'intake',
      key,
      writes: [{ stream: logStreams.deadLetters, expected: 'any', events: [event] }],
    });
  }

  private remember(key: string): void {
    this.buried.delete(key);
    this.buried.add(key);
    const [oldest] = this.buried;
    if (this.buried.size > MAX_REMEMBERED && oldest !== undefined) this.buried.delete(oldest);
  }
}

const toEvent = ({ subject, deliveries, reasonCode, reason, data }: BuriedMessage, sha256: string): MessageDeadLettered => ({
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
});

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
