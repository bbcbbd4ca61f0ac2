import { randomBytes } from 'node:crypto';
import type { JsonObject } from '#libs/contracts';

/** Of one payload as JSON. */
const PAYLOAD_BYTES = 524;
const FRAME_BYTES = JSON.stringify({ text: '' }).length;

const createPayload = (): JsonObject => ({
  text: randomBytes(PAYLOAD_BYTES)
    .toString('base64url')
    .slice(0, PAYLOAD_BYTES - FRAME_BYTES),
});

/** Made beforehand: to invent data is nobody's work that is measured. To write them as JSON is. */
const PAYLOADS = Array.from({ length: 1_000 }, createPayload);
let next = 0;

export function takePayload(): JsonObject {
  next = (next + 1) % PAYLOADS.length;
  return PAYLOADS[next] ?? {};
}

export const EVENT = { type: 'ThingHappened', schemaVersion: 1, metadata: { actor: 'bench' } } as const;
