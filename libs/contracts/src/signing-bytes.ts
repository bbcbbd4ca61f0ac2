/**
 * The bytes that an Ed25519 signature covers: the subject, a line feed, the body as sent. A message that is moved to another
 * subject no longer verifies, and a receiver can verify before it parses.
 */
export function signingBytes(subject: Uint8Array, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(subject.length + 1 + body.length);
  bytes.set(subject);
  bytes[subject.length] = 0x0a;
  bytes.set(body, subject.length + 1);
  return bytes;
}
