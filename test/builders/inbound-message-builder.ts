import { agentSubject, type MessageKind } from '#libs/contracts';
import { type InboundMessage, InvalidMessageError } from '#libs/messaging';
import { BEGIN_MS } from './incident-builder.ts';

export interface MessageParts {
  subject?: string;
  kind?: MessageKind;
  agentId?: string;
  body?: unknown;
  /** The bytes, where they are no JSON of ours. */
  data?: Uint8Array;
  sequence?: number;
  storedAt?: Date;
  deliveries?: number;
  headers?: Record<string, string>;
}

/** A message as the transport hands it in. */
export function buildMessage(parts: MessageParts = {}): InboundMessage {
  const { kind = 'report', agentId = 'memory-agent', headers = {} } = parts;
  const subject = parts.subject ?? agentSubject({ tenant: 'test', agentClass: 'service', agentId }, kind);
  const data = parts.data ?? new TextEncoder().encode(JSON.stringify(parts.body ?? {}));
  return {
    subject,
    data,
    messageId: undefined,
    sequence: parts.sequence ?? 1,
    storedAt: parts.storedAt ?? new Date(BEGIN_MS),
    deliveries: parts.deliveries ?? 1,
    header: (name) => headers[name],
    json: () => parse(data),
  };
}

function parse(data: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(data)) as unknown;
  } catch (error) {
    throw new InvalidMessageError('not-json', 'the body is not JSON in UTF-8', error);
  }
}
