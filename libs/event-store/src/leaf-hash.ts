import { hash } from 'node:crypto';

/** The parts of an event that its leaf hash covers, as text. */
export interface LeafParts {
  readonly stream: string;
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly payload: string;
  readonly metadata: string;
}

/**
 * Leaf hash of an event: SHA-256 over the UTF-8 bytes of
 *
 *     stream NUL event_id NUL type NUL schema_version NUL payload NUL metadata
 *
 * where NUL is one zero byte, event_id a UUID in lower case, schema_version decimal, payload and metadata canonical JSON
 * (RFC 8785). No part can contain a NUL, so no two events share their bytes. Position and version are added by the chain.
 */
export function computeLeafHash(parts: LeafParts): Buffer {
  const { stream, id, type, schemaVersion, payload, metadata } = parts;
  return hash('sha256', `${stream}\0${id}\0${type}\0${schemaVersion}\0${payload}\0${metadata}`, 'buffer');
}
