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
 * What the leaf hash of an event covers: the UTF-8 bytes of
 *
 *     stream NUL event_id NUL type NUL schema_version NUL payload NUL metadata
 *
 * where NUL is one zero byte, event_id a UUID in lower case, schema_version decimal, payload and metadata canonical JSON
 * (RFC 8785). No part can contain a NUL, so no two events share their bytes. Position and version are added by the chain.
 */
export const composeLeaf = ({ stream, id, type, schemaVersion, payload, metadata }: LeafParts): string =>
  `${stream}\0${id}\0${type}\0${schemaVersion}\0${payload}\0${metadata}`;

/** Leaf hash of an event: SHA-256 over what `composeLeaf` says. */
export const computeLeafHash = (parts: LeafParts): Buffer => hash('sha256', composeLeaf(parts), 'buffer');
