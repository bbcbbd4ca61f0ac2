import { NotCanonicalError } from './contracts.errors.ts';
import type { JsonObject, JsonValue } from './json.ts';

/**
 * Writes a value as canonical JSON (RFC 8785): members sorted by UTF-16 code units, no white space, numbers and strings as
 * ECMAScript writes them. Equal values give equal text, so the text can be hashed, signed and compared.
 *
 * @throws NotCanonicalError for a number that isn't finite, a lone surrogate, or something that JSON doesn't know.
 */
export function canonicalJson(value: JsonValue): string {
  const text = write(value);
  // JSON.stringify writes a lone surrogate as an escape. One look at the whole is far cheaper than one at every string.
  if (ESCAPED_SURROGATE.test(text)) assertWellFormed(value);
  return text;
}

/** Also found where somebody wrote these very characters. */
const ESCAPED_SURROGATE = /\\ud[89a-f]/;

function write(value: JsonValue): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      if (!Number.isFinite(value)) throw new NotCanonicalError(String(value));
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      return isArray(value) ? `[${value.map(write).join(',')}]` : writeObject(value);
    default:
      throw new NotCanonicalError(`a ${typeof value}`);
  }
}

function writeObject(value: JsonObject): string {
  let members = '';
  for (const key of sortNames(Object.keys(value))) {
    const member = value[key];
    if (member !== undefined) members += `${members === '' ? '' : ','}${JSON.stringify(key)}:${write(member)}`;
  }
  return `{${members}}`;
}

/** By hand where they are few: to sort them takes more memory than the rest of the object. */
const FEW_NAMES = 16;

/** In place, by UTF-16 code units, as RFC 8785 section 3.2.3 asks and both ways do. */
function sortNames(names: string[]): string[] {
  if (names.length > FEW_NAMES) return names.sort();
  for (let next = 1; next < names.length; next += 1) {
    const name = names[next] ?? '';
    let place = next;
    for (let before = names[place - 1]; before !== undefined && before > name; before = names[place - 1]) {
      names[place] = before;
      place -= 1;
    }
    names[place] = name;
  }
  return names;
}

const LONE_SURROGATE = /\p{Surrogate}/u;

function assertWellFormed(value: JsonValue | undefined): void {
  if (typeof value === 'string' && LONE_SURROGATE.test(value)) throw new NotCanonicalError('a lone surrogate');
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue;
    assertWellFormed(key);
    assertWellFormed(member);
  }
}

function isArray(value: readonly JsonValue[] | JsonObject): value is readonly JsonValue[] {
  return Array.isArray(value);
}
