import { canonicalJson } from './canonical-json.ts';
import type { JsonObject, JsonValue } from './json.ts';
import { parameterise } from './parameterise.ts';
import type { WireError } from './wire/error.schema.ts';

/** Grows when the rules below change; older fingerprints stay as they are. */
const FINGERPRINT_VERSION = 1;

/**
 * Groups errors that have the same cause: equal fingerprints mean the same fault, whatever service it happened in.
 *
 * - a health check: the name of the check, so that "exited" and "does not answer" are one outage;
 * - an exception: its type and the in-app frames (module, function, context line; never line numbers);
 * - anything else: type and parameterised message.
 *
 * @param sha256Hex a SHA-256 of UTF-8 text as lower-case hex, handed in because this library runs without a platform
 * @returns `fp@<version>:<16 hex digits>`
 */
export function computeFingerprint(error: WireError, sha256Hex: (text: string) => string): string {
  const basis = canonicalJson([error.type, ...fingerprintBasis(error)]);
  return `fp@${FINGERPRINT_VERSION}:${sha256Hex(basis).slice(0, 16)}`;
}

function fingerprintBasis({ type, data }: WireError): JsonValue[] {
  if (type === 'health') return ['check', textOf(data['check'])];
  const frames = inAppFrames(data['frames']);
  if (frames.length > 0) return ['frames', textOf(data['exception_type']), frames];
  return ['message', textOf(data['exception_type']), parameterise(textOf(data['message']))];
}

function inAppFrames(frames: JsonValue | undefined): JsonValue[] {
  if (!Array.isArray(frames)) return [];
  const objects: readonly JsonValue[] = frames;
  return objects
    .filter(isFrame)
    .map((frame) => [textOf(frame['module']), textOf(frame['function']), textOf(frame['context_line'])]);
}

const isFrame = (frame: JsonValue): frame is JsonObject =>
  typeof frame === 'object' && frame !== null && !Array.isArray(frame) && 'in_app' in frame && frame.in_app === true;

const textOf = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');
