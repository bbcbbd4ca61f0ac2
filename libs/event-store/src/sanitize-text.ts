import type { JsonObject, JsonValue } from '#libs/contracts';
import { JsonTooDeepError } from './event-store.errors.ts';
import { isTooDeep } from './json-depth.ts';

export interface Sanitized<T> {
  readonly value: T;
  /** How many characters became U+FFFD. */
  readonly replaced: number;
}

// PostgreSQL text can't hold NUL, and a lone surrogate has no UTF-8 form. With the u flag a paired surrogate never matches.
const UNREPRESENTABLE = /\0|\p{Surrogate}/gu;
const HAS_UNREPRESENTABLE = /\0|\p{Surrogate}/u;

/** As JSON.stringify writes them; also found where somebody wrote these very characters, which costs time and nothing else. */
const ESCAPED_UNREPRESENTABLE = /\\u(0000|d[89a-f])/;

/** Replaces each character that PostgreSQL can't hold by U+FFFD. */
export function sanitizeText(text: string): Sanitized<string> {
  if (!HAS_UNREPRESENTABLE.test(text)) return { value: text, replaced: 0 };
  let replaced = 0;
  const value = text.replace(UNREPRESENTABLE, () => {
    replaced += 1;
    return '\ufffd';
  });
  return { value, replaced };
}

/**
 * Does the same to every text and member name in a JSON value. If two names become equal, the later member wins.
 *
 * @throws JsonTooDeepError
 */
export function sanitizeJson<T extends JsonValue>(input: T): Sanitized<T>;
export function sanitizeJson(input: JsonValue): Sanitized<JsonValue> {
  if (isTooDeep(input)) throw new JsonTooDeepError();
  // To write it and search the text takes a small part of the time that a copy takes, and next to nothing needs one.
  if (!ESCAPED_UNREPRESENTABLE.test(JSON.stringify(input))) return { value: input, replaced: 0 };
  const counter = { replaced: 0 };
  return { value: sanitizeValue(input, counter), replaced: counter.replaced };
}

function sanitizeValue(value: JsonValue, counter: { replaced: number }): JsonValue {
  if (typeof value === 'string') return sanitizeCounted(value, counter);
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map((item) => sanitizeValue(item, counter));
  return Object.fromEntries(
    Object.entries(value)
      .filter((member): member is [string, JsonValue] => member[1] !== undefined)
      .map(([name, member]) => [sanitizeCounted(name, counter), sanitizeValue(member, counter)]),
  );
}

function sanitizeCounted(text: string, counter: { replaced: number }): string {
  const { value, replaced } = sanitizeText(text);
  counter.replaced += replaced;
  return value;
}

function isList(value: readonly JsonValue[] | JsonObject): value is readonly JsonValue[] {
  return Array.isArray(value);
}
