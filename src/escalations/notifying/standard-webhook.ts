import { createHmac } from 'node:crypto';

export interface WebhookMessage {
  id: string;
  /** Of this attempt, in milliseconds since 1970. */
  sentAtMs: number;
  body: string;
}

/**
 * The headers of Standard Webhooks 1.0 (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).
 *
 * @param secrets the first is the one that receivers shall have; a receiver that has another one still finds its signature
 */
export function signWebhook({ id, sentAtMs, body }: WebhookMessage, secrets: readonly Buffer[]): Record<string, string> {
  const timestamp = String(Math.floor(sentAtMs / 1000));
  const sign = (secret: Buffer): string =>
    `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': secrets.map(sign).join(' ') };
}
