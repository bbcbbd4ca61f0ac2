import type { WebhookSettings } from '../../platform/config/outgoing-variables.ts';
import { OutgoingRequestError } from '../../platform/outgoing/outgoing.errors.ts';
import { type OutgoingAnswer, sendOutgoing } from '../../platform/outgoing/send-outgoing.ts';
import type { DeliveryOutcome } from './notification.decider.ts';
import { parseRetryAfter } from './retry-schedule.ts';
import { signWebhook, type WebhookMessage } from './standard-webhook.ts';

const GONE = 410;

/** One attempt. What goes wrong is an outcome; only what is wrong in this program is thrown. */
export async function callWebhook(
  message: WebhookMessage,
  { url, secrets }: WebhookSettings,
  allowedHosts: readonly string[],
): Promise<DeliveryOutcome> {
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'zantara-self-healing',
    ...signWebhook(message, secrets),
  };
  try {
    const answer = await sendOutgoing({ url, method: 'POST', headers, body: message.body, allowedHosts });
    return judge(answer, message.sentAtMs);
  } catch (error) {
    if (!(error instanceof OutgoingRequestError)) throw error;
    return { ok: false, reasonCode: error.failure };
  }
}

function judge({ status, headers }: OutgoingAnswer, nowMs: number): DeliveryOutcome {
  if (status >= 200 && status < 300) return { ok: true, status };
  const retryAfterMs = parseRetryAfter(headers['retry-after'], nowMs);
  return {
    ok: false,
    reasonCode: `status-${status}`,
    isFinal: status === GONE,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}
