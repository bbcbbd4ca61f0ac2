import { canonicalJson, type Command, commandSubject, HEADERS } from '#libs/contracts';
import type { OutboundMessage } from '#libs/messaging';
import type { Recorded } from '../../platform/log/domain-event.ts';
import type { FixCommanded } from '../saga/fix.events.ts';
import type { SigningKey } from '../signing/signing-keys.ts';

/**
 * The signed message of a stored command. Everything in it comes from the stored event, so that publishing it again gives the
 * same bytes as long as the same key signs; its position in the log is its fence.
 */
export function toCommandMessage(
  event: Recorded<FixCommanded>,
  from: { tenant: string; logId: string; key: SigningKey },
): OutboundMessage {
  const { data } = event;
  const command: Command = {
    v: 1,
    command_id: data.command_id,
    key_id: from.key.keyId,
    agent_id: data.agent_id,
    target: { service_id: data.target },
    strategy: data.strategy,
    parameters: data.parameters,
    fence: { log_id: from.logId, position: String(event.position) },
    issued_at: data.issued_at,
    expires_at: data.expires_at,
    decision_event_id: data.decision_event_id,
    approvals: [...(data.approvals ?? [])],
    ...(data.undoes === undefined ? {} : { undoes: data.undoes }),
  };
  const subject = commandSubject(from.tenant, data.agent_id);
  const body = new TextEncoder().encode(canonicalJson(command));
  return {
    subject,
    body,
    messageId: event.id,
    headers: { [HEADERS.keyId]: from.key.keyId, [HEADERS.signature]: from.key.sign(subject, body) },
  };
}
