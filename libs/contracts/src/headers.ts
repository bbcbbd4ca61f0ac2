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
  /** Of a message in a feed: which log it is from, where in it, and the type of the event. */
  logId: 'Zt-Log-Id',
  position: 'Zt-Position',
  eventType: 'Zt-Type',
  /** Of a message in a feed: `data` when the event's data is left out because no message can carry it. */
  omitted: 'Zt-Omitted',
} as const;
