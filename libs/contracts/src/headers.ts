/** Headers of our NATS messages. What changes between two sendings of the same report travels here, never in the body. */
export const HEADERS = {
  /** The agent's own monotonic milliseconds between observing and sending. */
  ageMs: 'Age-Ms',
  /** 1 for the first sending. */
  attempt: 'Attempt',
  /** W3C trace context. */
  traceparent: 'traceparent',
  keyId: 'Zt-Key-Id',
  /** Ed25519 over the signing bytes, base64url. */
  signature: 'Zt-Signature',
  messageId: 'Nats-Msg-Id',
} as const;
